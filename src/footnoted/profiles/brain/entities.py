"""segmented -> named: who and what is named in each topic, and where each name stands.

topics -> a request each, asked together -> quotes bound to cues -> names and all their places
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from footnoted.llm.brain_tasks import EntitiesAnswer, EntitiesTask
from footnoted.model.status import ItemKind, Resource
from footnoted.profiles.brain import store
from footnoted.profiles.brain.documents import write_documents
from footnoted.profiles.brain.entity_binding import bind_entities
from footnoted.profiles.brain.entity_question import entity_question, entity_tokens
from footnoted.profiles.brain.topics import UNLABELLED, read_topics_of, topic_cues
from footnoted.profiles.brain.types import TYPES, EntitiesInput, EntitiesOutput
from footnoted.stages.excerpt import excerpt_of, moved
from footnoted.stages.pinned import read_pinned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.llm.port import ModelRequest
    from footnoted.model.topic import Topic
    from footnoted.model.transcript import Cue
    from footnoted.stages.port import StageContext

NAMED = "named"


class EntitiesStage:
    """Finds names, and keeps only what was really said, at every place it was."""

    name: ClassVar[str] = "entities"
    version: ClassVar[int] = 2
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = NAMED
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_800.0
    given_type: type[EntitiesInput] = EntitiesInput

    @property
    def parts(self) -> Mapping[str, str]:
        """Return no further versions: the corrections it reads are part of its input."""
        return {}

    async def load(self, session: AsyncConnection, item_id: int) -> EntitiesInput:
        """Return the transcript with its corrections and topics.

        Raises PermanentError when something was said and no topics of it are stored.
        """
        pinned = await read_pinned(session, item_id)
        return EntitiesInput(
            video_id=item_id,
            transcript_id=pinned.video.transcript_id,
            language=pinned.video.language,
            cues=pinned.cues,
            fixes=await store.read_fixes(session, item_id, pinned.video.transcript_id),
            topics=await read_topics_of(session, pinned),
        )

    async def run(self, given: EntitiesInput, context: StageContext) -> EntitiesOutput:
        """Return the names with their places, in the order they were said."""
        topics = [
            (topic, excerpt_of(cues))
            for topic, cues in topic_cues(given.topics, given.cues, given.fixes)
        ]
        requests = [self._request(given, topic, excerpt.cues, context) for topic, excerpt in topics]
        answers = await context.asker.ask_all(requests) if requests else []
        placed = [
            _placed(answer, excerpt.first_cue)
            for answer, (_, excerpt) in zip(answers, topics, strict=True)
        ]
        # Matching takes seconds on a long transcript; the event loop has others to serve.
        return await asyncio.to_thread(bind_entities, given, placed)

    async def save(self, session: AsyncConnection, item_id: int, out: EntitiesOutput) -> None:
        """Write names, places and evidence; edges whose ends left go with them."""
        await store.replace_names(session, item_id, out)
        await write_documents(session, item_id)

    def _request(
        self,
        given: EntitiesInput,
        topic: Topic,
        cues: tuple[Cue, ...],
        context: StageContext,
    ) -> ModelRequest[EntitiesAnswer]:
        task = EntitiesTask(
            language=given.language,
            topic=topic.title or UNLABELLED,
            cues=cues,
            types=TYPES,
        )
        return entity_question().request(
            f"topic-{topic.position}", task, context.prompt(self.name), entity_tokens(cues)
        )


def _placed(answer: EntitiesAnswer, by: int) -> EntitiesAnswer:
    return EntitiesAnswer(entities=tuple(moved(entity, by) for entity in answer.entities))
