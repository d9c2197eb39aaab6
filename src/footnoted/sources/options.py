"""How a source is followed beyond where and when: what is taken of it, and how it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from footnoted.sources.port import FOLDER_KIND
from footnoted.sources.rules.backfill import Backfill, Reach
from footnoted.sources.rules.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

_LISTED_EACH, _LISTED_LEAST = 20, 200
"""How many items are listed for each one wanted where rules leave some, and how many at least."""


class SourceOptions(BaseModel):
    """What a person asked of a source; stored as JSON, and the defaults are what nobody asked.

    `languages` are preferred among captions, best first (BCP 47). `speakers` and `glossary` are
    names and words for speech recognition. `output_language` is what pages, titles and
    summaries are written in (a tag, or `spoken`). `own_interval_s` is the pause between two looks
    at a folder that a schedule stands in for, until that is taken back.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    backfill: Backfill = Backfill()
    rules: Rules = Rules()
    languages: tuple[str, ...] = ()
    allows_translated: bool = False
    speakers: tuple[str, ...] = ()
    glossary: tuple[str, ...] = ()
    output_language: str | None = None
    own_interval_s: int | None = None

    @property
    def words_to_expect(self) -> tuple[str, ...]:
        """Return the names and terms that speech recognition is told."""
        return (*self.speakers, *self.glossary)

    @property
    def wants_speakers(self) -> bool:
        """Return whether several people speak, who should be told apart."""
        return len(self.speakers) > 1

    @property
    def listed_at_most(self) -> int | None:
        """Return how many of the newest items a deep look lists; None: all there are.

        A number of newest items is counted among those that the rules take, so more are listed.
        """
        if self.backfill.reach is not Reach.NEWEST:
            return None
        count = self.backfill.count
        return count if self.rules == Rules() else max(count * _LISTED_EACH, _LISTED_LEAST)


def options_of_source(kind: str, stored: Mapping[str, Any]) -> SourceOptions:
    """Return the options of a source; a folder is taken whole unless a backfill was asked for."""
    options = SourceOptions.model_validate(stored)
    if kind == FOLDER_KIND and "backfill" not in stored:
        return options.model_copy(update={"backfill": Backfill(reach=Reach.ALL)})
    return options
