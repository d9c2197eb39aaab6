"""A video as the search documents made of it carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.search.documents import VideoFacts as SearchFacts

if TYPE_CHECKING:
    from footnoted.model.video import VideoFacts


def search_facts(video: VideoFacts) -> SearchFacts:
    """Return what every document of `video` takes from it."""
    return SearchFacts(
        video_id=video.id,
        profile=video.profile,
        creator=video.creator,
        title=video.title,
        source_id=video.source_id,
        language=video.language,
        published_at=video.published_at,
        tags=video.tags,
    )
