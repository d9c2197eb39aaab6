"""The shared stage that divides a transcript into topics.

transcript -> one request -> ranges checked -> gaps filled -> topics that cover all speech
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict

from footnoted.knowledge import store as knowledge
from footnoted.llm.tasks import ChapterHint, SegmentTask
from footnoted.model.status import ItemKind, Resource
from footnoted.model.topic import Topic
from footnoted.model.transcript import Cue, CueKind
from footnoted.stages.pinned import read_pinned
from footnoted.stages.topic_question import topic_question, topic_tokens
from footnoted.stages.topic_ranges import cover_with_topics
from footnoted.stages.wording import AS_SPOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.stages.port import StageContext
    from footnoted.stages.wording import Wording

SEGMENTED = "segmented"


class SegmentInput(BaseModel):
    """The speech of a pinned transcript version, and what the publisher said about chapters."""

    model_config = ConfigDict(frozen=True)

    transcript_id: int | None
    language: str | None
    output_language: str | None = None
    cues: tuple[Cue, ...]
    chapters: tuple[ChapterHint, ...]


class SegmentOutput(BaseModel):
    """Topics in order; `counts` says what of the answer was rejected, and why."""

    model_config = ConfigDict(frozen=True)

    transcript_id: int | None
    topics: tuple[Topic, ...]
    counts: dict[str, int]


class SegmentStage:
    """transcribed -> segmented."""

    name: ClassVar[str] = "segment"
    version: ClassVar[int] = 3
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = SEGMENTED
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_200.0
    given_type: type[SegmentInput] = SegmentInput

    def __init__(self, wording: Wording = AS_SPOKEN) -> None:
        """Write titles as `wording` says."""
        self._wording = wording

    @property
    def parts(self) -> Mapping[str, str]:
        """Return no further versions: topics depend on nothing else."""
        return {}

    async def load(self, session: AsyncConnection, item_id: int) -> SegmentInput:
        """Return the speech cues of the video's transcript."""
        pinned = await read_pinned(session, item_id)
        video = pinned.video
        return SegmentInput(
            transcript_id=video.transcript_id,
            language=video.language,
            output_language=self._wording.language(video.output_language, video.language),
            cues=tuple(cue for cue in pinned.cues if cue.kind is CueKind.SPEECH),
            chapters=tuple(
                ChapterHint(start_ms=chapter.start_ms, title=chapter.title)
                for chapter in video.chapters
            ),
        )

    async def run(self, given: SegmentInput, context: StageContext) -> SegmentOutput:
        """Return the topics; no speech, no question and no topics."""
        if not given.cues:
            return SegmentOutput(transcript_id=given.transcript_id, topics=(), counts={"topics": 0})
        task = SegmentTask(
            language=given.language,
            output_language=given.output_language,
            cues=given.cues,
            chapters=given.chapters,
        )
        prompt = context.prompt(self.name, given.output_language)
        request = topic_question().request("topics", task, prompt, topic_tokens(given.cues))
        answer = (await context.asker.ask_all([request]))[0]
        covered = cover_with_topics(answer.topics, given.cues)
        return SegmentOutput(
            transcript_id=given.transcript_id, topics=covered.topics, counts=dict(covered.counts)
        )

    async def save(self, session: AsyncConnection, item_id: int, out: SegmentOutput) -> None:
        """Write the topics; those that did not change stay untouched."""
        await knowledge.replace_topics(session, item_id, out.transcript_id, out.topics)
