"""segmented -> extracted: the key moments of each topic, each with the words that say it.

topics -> a request each, asked together -> quotes bound to cues -> moments and evidence
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from footnoted.errors import PermanentError
from footnoted.knowledge import store as knowledge
from footnoted.llm.tasks import ExtractAnswer, ExtractTask
from footnoted.model.status import ItemKind, Resource
from footnoted.model.transcript import CueKind
from footnoted.profiles.techniques import store
from footnoted.profiles.techniques.binding import bind_moments
from footnoted.profiles.techniques.documents import write_moment_documents
from footnoted.profiles.techniques.moment_question import moment_question, moment_tokens
from footnoted.profiles.techniques.types import ExtractInput, ExtractOutput
from footnoted.stages.excerpt import moved, speech_of
from footnoted.stages.pinned import read_pinned
from footnoted.stages.taxonomy import content_types_sha256
from footnoted.stages.wording import AS_SPOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.llm.port import ModelRequest
    from footnoted.model.topic import Topic
    from footnoted.model.transcript import Cue
    from footnoted.stages.port import StageContext
    from footnoted.stages.taxonomy import Taxonomy
    from footnoted.stages.wording import Wording

EXTRACTED = "extracted"
UNLABELLED = "unlabelled"
"""What a topic without a title is called in a prompt."""


class ExtractStage:
    """Finds what is worth keeping, and keeps only what was really said."""

    name: ClassVar[str] = "extract"
    version: ClassVar[int] = 4
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = EXTRACTED
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_800.0
    given_type: type[ExtractInput] = ExtractInput

    def __init__(self, taxonomy: Taxonomy, wording: Wording = AS_SPOKEN) -> None:
        """Accept the content types of `taxonomy`; write titles and summaries as `wording` says."""
        self._taxonomy = taxonomy
        self._wording = wording

    @property
    def parts(self) -> Mapping[str, str]:
        """Return the version of the content types; the rest of a taxonomy is no matter here."""
        return {"content_types": content_types_sha256(self._taxonomy)}

    async def load(self, session: AsyncConnection, item_id: int) -> ExtractInput:
        """Return the transcript with its topics.

        Raises PermanentError when something was said and no topics of it are stored.
        """
        pinned = await read_pinned(session, item_id)
        video = pinned.video
        topics: tuple[Topic, ...] = ()
        if video.transcript_id is not None:
            topics = await knowledge.read_topics(session, item_id, video.transcript_id)
        if not topics and any(cue.kind is CueKind.SPEECH for cue in pinned.cues):
            message = f"video {item_id} has a transcript that was not divided into topics"
            raise PermanentError(message, failure_code="topics_missing")
        return ExtractInput(
            video_id=item_id,
            transcript_id=video.transcript_id,
            language=video.language,
            output_language=self._wording.language(video.output_language, video.language),
            cues=pinned.cues,
            topics=topics,
        )

    async def run(self, given: ExtractInput, context: StageContext) -> ExtractOutput:
        """Return the moments in the order they were said."""
        excerpts = [speech_of(topic, given.cues) for topic in given.topics]
        requests = [
            self._request(given, topic, excerpt.cues, context)
            for topic, excerpt in zip(given.topics, excerpts, strict=True)
        ]
        answers = await context.asker.ask_all(requests) if requests else []
        placed = [
            _placed(answer, excerpt.first_cue)
            for answer, excerpt in zip(answers, excerpts, strict=True)
        ]
        # Matching takes seconds on a long transcript; the event loop has others to serve.
        return await asyncio.to_thread(bind_moments, given, placed, self._taxonomy)

    async def save(self, session: AsyncConnection, item_id: int, out: ExtractOutput) -> None:
        """Write moments and evidence; moments that left are retired, and their groups told.

        New moments become findable once they are classified; those that left are not any more.
        """
        if await store.replace_moments(session, item_id, out):
            await write_moment_documents(session, item_id)

    def _request(
        self, given: ExtractInput, topic: Topic, cues: tuple[Cue, ...], context: StageContext
    ) -> ModelRequest[ExtractAnswer]:
        task = ExtractTask(
            language=given.language,
            output_language=given.output_language,
            topic=topic.title or UNLABELLED,
            cues=cues,
            content_types=self._taxonomy.content_types,
        )
        prompt = context.prompt(self.name, given.output_language)
        label = f"topic-{topic.position}"
        return moment_question().request(label, task, prompt, moment_tokens(cues))


def _placed(answer: ExtractAnswer, by: int) -> ExtractAnswer:
    return ExtractAnswer(moments=tuple(moved(moment, by) for moment in answer.moments))
