"""A video with the transcript version it is pinned to: what every stage of it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.knowledge import store as knowledge
from footnoted.stages.port import ItemGoneError
from footnoted.transcripts.store import read_transcript_version

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.model.transcript import Cue
    from footnoted.model.video import VideoFacts


@dataclass(frozen=True, slots=True)
class PinnedVideo:
    """What is known of a video, and all that is heard in it; no cues without a transcript."""

    video: VideoFacts
    cues: tuple[Cue, ...]


async def read_pinned(session: AsyncConnection, video_id: int) -> PinnedVideo:
    """Return the video with its cues. Raises ItemGoneError when it was removed."""
    video = await knowledge.read_video(session, video_id)
    if video is None:
        raise ItemGoneError(video_id)
    if video.transcript_id is None:
        return PinnedVideo(video, ())
    stored = await read_transcript_version(session, video.transcript_id)
    return PinnedVideo(video, stored.transcript.cues)
