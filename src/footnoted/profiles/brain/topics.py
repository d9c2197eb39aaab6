"""The topics of a transcript with the words that are read in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.errors import PermanentError
from footnoted.knowledge import store as knowledge
from footnoted.model.transcript import CueKind
from footnoted.profiles.brain.overlay import Overlay

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.model.topic import Topic
    from footnoted.model.transcript import Cue
    from footnoted.profiles.brain.types import Fix
    from footnoted.stages.pinned import PinnedVideo

UNLABELLED = "unlabelled"
"""What a topic without a title is called in a prompt."""


async def read_topics_of(session: AsyncConnection, pinned: PinnedVideo) -> tuple[Topic, ...]:
    """Return the topics of a video, in order.

    Raises PermanentError when something was said and no topics of it are stored.
    """
    video = pinned.video
    topics: tuple[Topic, ...] = ()
    if video.transcript_id is not None:
        topics = await knowledge.read_topics(session, video.id, video.transcript_id)
    if not topics and any(cue.kind is CueKind.SPEECH for cue in pinned.cues):
        message = f"video {video.id} has a transcript that was not divided into topics"
        raise PermanentError(message, failure_code="topics_missing")
    return topics


def topic_cues(
    topics: Sequence[Topic], cues: Sequence[Cue], fixes: Sequence[Fix]
) -> Iterator[tuple[Topic, list[Cue]]]:
    """Yield each topic with its cues of speech as they are read, corrections laid over them."""
    read = Overlay(cues, fixes).cues
    for topic in topics:
        yield topic, [cue for cue in read if topic.first_cue <= cue.index <= topic.last_cue]
