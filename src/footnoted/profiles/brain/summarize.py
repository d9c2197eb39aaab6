"""related -> summarized: the recording in a few sentences, each resting on points of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from footnoted.db.texts import storable
from footnoted.knowledge import store as knowledge
from footnoted.llm.brain_tasks import PointBrief, SummarizeTask
from footnoted.model.identity import deterministic_id
from footnoted.model.status import ItemKind, Resource
from footnoted.model.text import one_line
from footnoted.profiles.brain import store
from footnoted.profiles.brain.summarize_question import summarize_question, summarize_tokens
from footnoted.profiles.brain.topics import UNLABELLED
from footnoted.profiles.brain.types import (
    STATEMENT,
    Point,
    Sentence,
    SummarizeInput,
    SummarizeOutput,
)
from footnoted.stages.port import ItemGoneError
from footnoted.stages.wording import AS_SPOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.llm.brain_tasks import SummarizeAnswer
    from footnoted.stages.port import StageContext
    from footnoted.stages.wording import Wording

SUMMARIZED = "summarized"
_MOST_SENTENCES = 7
_MOST_POINTS = 200
_TEXT_LIMIT = 600


class SummarizeStage:
    """Sums up a recording; a sentence without a point behind it is thrown out."""

    name: ClassVar[str] = "summarize"
    version: ClassVar[int] = 2
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = SUMMARIZED
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_200.0
    given_type: type[SummarizeInput] = SummarizeInput

    def __init__(self, wording: Wording = AS_SPOKEN) -> None:
        """Write sentences as `wording` says."""
        self._wording = wording

    @property
    def parts(self) -> Mapping[str, str]:
        """Return no further versions."""
        return {}

    async def load(self, session: AsyncConnection, item_id: int) -> SummarizeInput:
        """Return the points of the recording; of very many, what was settled comes before talk."""
        video = await knowledge.read_video(session, item_id)
        if video is None:
            raise ItemGoneError(item_id)
        points = await store.read_points(session, item_id)
        return SummarizeInput(
            language=video.language,
            output_language=self._wording.language(video.output_language, video.language),
            points=tuple(_bounded(points)),
        )

    async def run(self, given: SummarizeInput, context: StageContext) -> SummarizeOutput:
        """Return the summary in reading order; none where there are no points."""
        if not given.points:
            return SummarizeOutput(sentences=(), counts={"sentences": 0})
        briefs = tuple(
            PointBrief(
                index=index,
                kind=point.kind,
                topic=point.topic_title or UNLABELLED,
                text=one_line(point.text, _TEXT_LIMIT),
            )
            for index, point in enumerate(given.points)
        )
        task = SummarizeTask(
            language=given.language,
            output_language=given.output_language,
            points=briefs,
            most=_MOST_SENTENCES,
        )
        prompt = context.prompt(self.name, given.output_language)
        tokens = summarize_tokens(_MOST_SENTENCES)
        request = summarize_question().request("summary", task, prompt, tokens)
        answer = (await context.asker.ask_all([request]))[0]
        return bind_summary(given.points, answer)

    async def save(self, session: AsyncConnection, item_id: int, out: SummarizeOutput) -> None:
        """Write the sentences and what they rest on."""
        await store.replace_summary(session, item_id, out)


def bind_summary(points: Sequence[Point], answer: SummarizeAnswer) -> SummarizeOutput:
    """Return the sentences that rest on points, at most as many as were asked for."""
    counts: Counter[str] = Counter()
    sentences: dict[str, Sentence] = {}
    for sentence in answer.sentences:
        text = one_line(storable(sentence.text), _TEXT_LIMIT)
        known = [index for index in dict.fromkeys(sentence.points) if index in range(len(points))]
        if not text:
            counts["rejected_blank"] += 1
        elif not known or len(known) < len(set(sentence.points)):
            counts["rejected_support"] += 1
        elif len(sentences) == _MOST_SENTENCES:
            counts["rejected_beyond"] += 1
        else:
            ids = tuple(points[index].id for index in known)
            identity = deterministic_id("sentence", text, *map(str, ids))
            sentences.setdefault(text, Sentence(id=identity, text=text, point_ids=ids))
    return SummarizeOutput(
        sentences=tuple(sentences.values()),
        counts={"sentences": len(sentences), **dict(sorted(counts.items()))},
    )


def _bounded(points: Sequence[Point]) -> list[Point]:
    """Return at most as many points as a prompt has room for, in the order they were said."""
    settled_first = sorted(points, key=lambda point: point.kind == STATEMENT)
    kept = {point.id for point in settled_first[:_MOST_POINTS]}
    return [point for point in points if point.id in kept]
