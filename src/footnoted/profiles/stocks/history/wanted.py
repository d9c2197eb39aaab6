"""Which mentions somebody wants to see."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - a model's field is read at run time

from footnoted.profiles.stocks.types import ProfileModel


class Wanted(ProfileModel):
    """Filters; None filters nothing. `as_of` asks for what was known then, not what is now."""

    symbol: str | None = None
    unresolved: bool = False
    creator: str | None = None
    speaker: str | None = None
    action: str | None = None
    video_id: int | None = None
    source_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    most: int | None = None
