"""resolved -> related: how names relate, and what was decided, promised, asked and stated.

topics -> a request each, asked together -> quotes bound to cues -> edges and points
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from footnoted.llm.brain_tasks import EntityBrief, RelateAnswer, RelateTask
from footnoted.model.status import ItemKind, Resource
from footnoted.profiles.brain import store
from footnoted.profiles.brain.documents import write_documents
from footnoted.profiles.brain.entity_binding import speaker_name
from footnoted.profiles.brain.relate_binding import bind_relations
from footnoted.profiles.brain.relate_question import relate_question, relate_tokens
from footnoted.profiles.brain.topics import UNLABELLED, read_topics_of, topic_cues
from footnoted.profiles.brain.types import POINT_KINDS, HeardName, RelateInput, RelateOutput
from footnoted.stages.excerpt import excerpt_of, moved
from footnoted.stages.pinned import read_pinned
from footnoted.stages.wording import AS_SPOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.llm.port import ModelRequest
    from footnoted.model.topic import Topic
    from footnoted.model.transcript import Cue
    from footnoted.stages.port import StageContext
    from footnoted.stages.wording import Wording

RELATED = "related"


class RelateStage:
    """Finds edges and points, and keeps only what was really said."""

    name: ClassVar[str] = "relate"
    version: ClassVar[int] = 3
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = RELATED
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_800.0
    given_type: type[RelateInput] = RelateInput

    def __init__(self, wording: Wording = AS_SPOKEN) -> None:
        """Write points and predicates as `wording` says."""
        self._wording = wording

    @property
    def parts(self) -> Mapping[str, str]:
        """Return no further versions: names and corrections are part of its input."""
        return {}

    async def load(self, session: AsyncConnection, item_id: int) -> RelateInput:
        """Return the transcript with its topics, and the names that were heard in it.

        Raises PermanentError when something was said and no topics of it are stored.
        """
        pinned = await read_pinned(session, item_id)
        video = pinned.video
        return RelateInput(
            video_id=item_id,
            transcript_id=video.transcript_id,
            language=video.language,
            output_language=self._wording.language(video.output_language, video.language),
            cues=pinned.cues,
            fixes=await store.read_fixes(session, item_id, video.transcript_id),
            topics=await read_topics_of(session, pinned),
            names=await store.read_names(session, item_id),
            mentions=await store.read_mentions(session, item_id),
        )

    async def run(self, given: RelateInput, context: StageContext) -> RelateOutput:
        """Return edges, and points in the order they were said."""
        topics = list(topic_cues(given.topics, given.cues, given.fixes))
        briefed = [names_of_topic(given, topic, cues) for topic, cues in topics]
        excerpts = [excerpt_of(cues) for _, cues in topics]
        requests = [
            self._request(given, topic, excerpt.cues, (names, context))
            for (topic, _), excerpt, names in zip(topics, excerpts, briefed, strict=True)
        ]
        answers = await context.asker.ask_all(requests) if requests else []
        placed = [
            _placed(answer, excerpt.first_cue)
            for answer, excerpt in zip(answers, excerpts, strict=True)
        ]
        # Matching takes seconds on a long transcript; the event loop has others to serve.
        return await asyncio.to_thread(bind_relations, given, briefed, placed)

    async def save(self, session: AsyncConnection, item_id: int, out: RelateOutput) -> None:
        """Write edges, points and evidence, and make the points findable."""
        await store.replace_graph(session, item_id, out)
        await write_documents(session, item_id)

    def _request(
        self,
        given: RelateInput,
        topic: Topic,
        cues: tuple[Cue, ...],
        by: tuple[Sequence[HeardName], StageContext],
    ) -> ModelRequest[RelateAnswer]:
        names, context = by
        task = RelateTask(
            language=given.language,
            output_language=given.output_language,
            topic=topic.title or UNLABELLED,
            cues=cues,
            entities=tuple(
                EntityBrief(index=index, name=name.name, type=name.type)
                for index, name in enumerate(names)
            ),
            point_kinds=POINT_KINDS,
        )
        prompt = context.prompt(self.name, given.output_language)
        label = f"topic-{topic.position}"
        return relate_question().request(label, task, prompt, relate_tokens(cues))


def names_of_topic(given: RelateInput, topic: Topic, cues: Sequence[Cue]) -> list[HeardName]:
    """Return the names that are said, or that speak, in a topic, in the order of their first."""
    by_id = {name.name_id: name for name in given.names}
    speakers = {cue.speaker for cue in cues}
    speaking = {
        mention.surface: mention.name_id for mention in given.mentions if mention.role == "speaks"
    }
    heard = [
        mention.name_id
        for mention in given.mentions
        if mention.role == "named" and topic.first_cue <= mention.first_cue <= topic.last_cue
    ]
    talking = [
        speaking[name]
        for label in sorted(speaker for speaker in speakers if speaker)
        if (name := speaker_name(label)) in speaking
    ]
    return [by_id[identity] for identity in dict.fromkeys((*talking, *heard))]


def _placed(answer: RelateAnswer, by: int) -> RelateAnswer:
    return RelateAnswer(
        relations=tuple(moved(relation, by) for relation in answer.relations),
        points=tuple(moved(point, by) for point in answer.points),
    )
