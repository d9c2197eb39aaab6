"""extracted -> classified: each moment gets its category, and its page groups are told.

moments -> batches, asked together -> categories -> batches of each category, asked together
        -> sub-topics -> classes
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from footnoted.knowledge import store as knowledge
from footnoted.knowledge.pages.identity import slugify
from footnoted.llm.tasks import ClassifyTask, MomentBrief, SubtopicTask
from footnoted.model.status import ItemKind, Resource
from footnoted.model.text import one_line
from footnoted.profiles.techniques import store
from footnoted.profiles.techniques.documents import write_moment_documents
from footnoted.profiles.techniques.label_question import (
    label_question,
    label_tokens,
    subtopic_question,
)
from footnoted.profiles.techniques.labels import LabelDesk
from footnoted.profiles.techniques.types import ClassifyInput
from footnoted.stages.port import ItemGoneError
from footnoted.stages.taxonomy import taxonomy_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.llm.port import ModelRequest
    from footnoted.llm.tasks import Category, ClassifyAnswer, SubtopicAnswer
    from footnoted.profiles.techniques.types import ClassifyOutput, StoredMoment
    from footnoted.stages.port import StageContext
    from footnoted.stages.taxonomy import Taxonomy

CLASSIFIED = "classified"
SUBTOPICS = "subtopics"
"""The prompt of the second step."""


class ClassifyStage:
    """Files moments under the taxonomy; what is not in it is rejected and counted."""

    name: ClassVar[str] = "classify"
    version: ClassVar[int] = 3
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = CLASSIFIED
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_200.0
    given_type: type[ClassifyInput] = ClassifyInput

    def __init__(
        self,
        taxonomy: Taxonomy,
        subtopics_sha256: str,
        *,
        batch_size: int = 20,
        excerpt_chars: int = 300,
    ) -> None:
        """Ask for `batch_size` moments at a time, showing `excerpt_chars` of what was said.

        `subtopics_sha256` is the version of the second step's prompt.
        """
        self._taxonomy = taxonomy
        self._subtopics_sha256 = subtopics_sha256
        self._batch_size = batch_size
        self._excerpt_chars = excerpt_chars

    @property
    def parts(self) -> Mapping[str, str]:
        """Return the versions of each category and of the second step's prompt."""
        return {**taxonomy_parts(self._taxonomy), "prompt_subtopics": self._subtopics_sha256}

    async def load(self, session: AsyncConnection, item_id: int) -> ClassifyInput:
        """Return the live moments as extraction left them, in the order they were said.

        What classification said before is no part of what it is asked again.
        """
        video = await knowledge.read_video(session, item_id)
        if video is None:
            raise ItemGoneError(item_id)
        moments = await store.read_video_moments(session, item_id)
        return ClassifyInput(
            video_id=item_id, language=video.language, moments=tuple(map(_as_found, moments))
        )

    async def run(self, given: ClassifyInput, context: StageContext) -> ClassifyOutput:
        """Return the class of every moment, in order."""
        desk = LabelDesk(self._taxonomy, given.moments)
        batches = list(self._batches(range(len(given.moments))))
        requests = [
            self._category_request(given, number, batch, context)
            for number, batch in enumerate(batches)
        ]
        answers = await context.asker.ask_all(requests) if requests else []
        for batch, answer in zip(batches, answers, strict=True):
            desk.take_categories(answer.labels, batch)
        parts = [
            (category, number, batch)
            for category, places in desk.by_category()
            for number, batch in enumerate(self._batches(places))
        ]
        questions = [self._subtopic_request(given, *part, context) for part in parts]
        told = await context.asker.ask_all(questions) if questions else []
        for (_, _, batch), one in zip(parts, told, strict=True):
            desk.take_subtopics(one.subtopics, batch)
        return desk.output()

    async def save(self, session: AsyncConnection, item_id: int, out: ClassifyOutput) -> None:
        """Write the classes, tell the page groups, and make the moments findable."""
        await store.write_classes(session, item_id, out.classes)
        await write_moment_documents(session, item_id)

    def _batches(self, places: Sequence[int]) -> Iterator[Sequence[int]]:
        for start in range(0, len(places), self._batch_size):
            yield places[start : start + self._batch_size]

    def _category_request(
        self, given: ClassifyInput, number: int, batch: Sequence[int], context: StageContext
    ) -> ModelRequest[ClassifyAnswer]:
        # Without their sub-topics, so that one that changes leaves this question as it is.
        categories = tuple(
            category.model_copy(update={"subtopics": ()}) for category in self._taxonomy.categories
        )
        task = ClassifyTask(
            language=given.language,
            moments=self._briefs(given.moments, batch),
            categories=categories,
        )
        prompt = context.prompt(self.name)
        tokens = label_tokens(len(batch))
        return label_question(self._taxonomy).request(f"batch-{number}", task, prompt, tokens)

    def _subtopic_request(
        self,
        given: ClassifyInput,
        category: Category,
        number: int,
        batch: Sequence[int],
        context: StageContext,
    ) -> ModelRequest[SubtopicAnswer]:
        task = SubtopicTask(
            language=given.language,
            category=category,
            moments=self._briefs(given.moments, batch),
        )
        label = f"{SUBTOPICS}-{slugify(category.name)}-{number}"
        prompt = context.prompt(SUBTOPICS)
        return subtopic_question(category).request(label, task, prompt, label_tokens(len(batch)))

    def _briefs(
        self, moments: Sequence[StoredMoment], batch: Iterable[int]
    ) -> tuple[MomentBrief, ...]:
        return tuple(
            MomentBrief(
                index=index,
                title=moments[place].title,
                summary=moments[place].summary,
                quote=one_line(moments[place].quote, self._excerpt_chars),
                content_type=moments[place].content_type,
            )
            for index, place in enumerate(batch)
        )


def _as_found(moment: StoredMoment) -> StoredMoment:
    return moment.model_copy(
        update={
            "category": None,
            "subtopic": None,
            "content_type": moment.found_type,
            "output_language": None,  # labels are the same in every language
        }
    )
