"""Who is heard, where the transcript knows a name; `Speaker 2` is nobody in the next recording."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from footnoted.model.transcript import Cue

_NOBODY = re.compile(
    r"(?:speaker|spk|channel|guest|host|interviewe[er]|moderator|participant|person|audience"
    r"|narrator|sprecher(?:in)?|locuteur|hablante|orador|voice|unknown)?"
    r"[\s_:#-]*(?:\d+|[a-z]|unknown)?",
    re.IGNORECASE,
)


def speaker_of(cues: Sequence[Cue]) -> str | None:
    """Return who says all of these cues, by name; None when nobody knows or it is several."""
    heard = {cue.speaker for cue in cues}
    return next(iter(speakers_in(cues)), None) if len(heard) == 1 else None


def speakers_in(cues: Iterable[Cue]) -> tuple[str, ...]:
    """Return who is heard by name, in alphabetical order."""
    heard = {" ".join(cue.speaker.split()) for cue in cues if cue.speaker}
    return tuple(sorted(name for name in heard if not _NOBODY.fullmatch(name)))
