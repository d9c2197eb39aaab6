"""How a source is followed beyond where and when: what is taken of it, and how it is read."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from footnoted.sources.rules.backfill import Backfill
from footnoted.sources.rules.rules import Rules


class SourceOptions(BaseModel):
    """What a person asked of a source; stored as JSON, and the defaults are what nobody asked.

    `languages` are preferred among captions, best first (BCP 47). `speakers` and `glossary` are
    names and words for speech recognition.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    backfill: Backfill = Backfill()
    rules: Rules = Rules()
    languages: tuple[str, ...] = ()
    allows_translated: bool = False
    speakers: tuple[str, ...] = ()
    glossary: tuple[str, ...] = ()
