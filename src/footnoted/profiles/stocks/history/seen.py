"""A recording that was looked through for mentions, whether it has any or not."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - a model's field is read at run time

from footnoted.profiles.stocks.types import ProfileModel


class Seen(ProfileModel):
    """Whose recording it is, when it was published, and who is heard in it by name."""

    video_id: int
    recording: str
    title: str
    creator_slug: str
    published_at: datetime | None
    speakers: tuple[str, ...]
