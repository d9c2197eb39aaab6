"""extracted -> classified: each moment gets its category, and its page groups are told.

moments -> batches, asked together -> labels checked against the taxonomy -> classes
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from footnoted.knowledge import store as knowledge
from footnoted.llm.tasks import ClassifyTask, MomentBrief
from footnoted.model.status import ItemKind, Resource
from footnoted.model.text import one_line
from footnoted.profiles.techniques import store
from footnoted.profiles.techniques.documents import write_moment_documents
from footnoted.profiles.techniques.label_question import label_question, label_tokens
from footnoted.profiles.techniques.types import ClassifyInput, ClassifyOutput, MomentClass
from footnoted.stages.port import ItemGoneError
from footnoted.stages.taxonomy import subtopic_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.llm.port import ModelRequest
    from footnoted.llm.tasks import ClassifyAnswer, MomentLabel
    from footnoted.profiles.techniques.types import StoredMoment
    from footnoted.stages.port import StageContext
    from footnoted.stages.taxonomy import Taxonomy

CLASSIFIED = "classified"


class ClassifyStage:
    """Files moments under the taxonomy; what is not in it is rejected and counted."""

    name: ClassVar[str] = "classify"
    version: ClassVar[int] = 2
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = CLASSIFIED
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_200.0
    given_type: type[ClassifyInput] = ClassifyInput

    def __init__(
        self,
        taxonomy: Taxonomy,
        *,
        batch_size: int = 20,
        excerpt_chars: int = 300,
    ) -> None:
        """Ask for `batch_size` moments at a time, showing `excerpt_chars` of what was said."""
        self._taxonomy = taxonomy
        self._batch_size = batch_size
        self._excerpt_chars = excerpt_chars

    @property
    def parts(self) -> Mapping[str, str]:
        """Return the taxonomy's version."""
        return {"taxonomy": self._taxonomy.sha256}

    async def load(self, session: AsyncConnection, item_id: int) -> ClassifyInput:
        """Return the live moments, in the order they were said."""
        video = await knowledge.read_video(session, item_id)
        if video is None:
            raise ItemGoneError(item_id)
        moments = await store.read_video_moments(session, item_id)
        return ClassifyInput(video_id=item_id, language=video.language, moments=moments)

    async def run(self, given: ClassifyInput, context: StageContext) -> ClassifyOutput:
        """Return the class of every moment, in order."""
        starts = range(0, len(given.moments), self._batch_size)
        requests = [self._request(given, start, context) for start in starts]
        answers = await context.asker.ask_all(requests) if requests else []
        desk = _Desk(self._taxonomy, given.moments)
        for start, answer in zip(starts, answers, strict=True):
            desk.take(
                answer.labels, range(start, min(start + self._batch_size, len(given.moments)))
            )
        return desk.output()

    async def save(self, session: AsyncConnection, item_id: int, out: ClassifyOutput) -> None:
        """Write the classes, tell the page groups, and make the moments findable."""
        await store.write_classes(session, item_id, out.classes)
        await write_moment_documents(session, item_id)

    def _request(
        self, given: ClassifyInput, start: int, context: StageContext
    ) -> ModelRequest[ClassifyAnswer]:
        briefs = tuple(
            self._brief(index, moment)
            for index, moment in enumerate(given.moments[start : start + self._batch_size])
        )
        task = ClassifyTask(
            language=given.language, moments=briefs, categories=self._taxonomy.categories
        )
        return label_question(self._taxonomy).request(
            f"batch-{start // self._batch_size}",
            task,
            context.prompt(self.name),
            label_tokens(len(briefs)),
        )

    def _brief(self, index: int, moment: StoredMoment) -> MomentBrief:
        quote = one_line(moment.quote, self._excerpt_chars)
        return MomentBrief(index=index, title=moment.title, summary=moment.summary, quote=quote)


class _Desk:
    """Takes labels, batch by batch, and counts those that cannot be."""

    def __init__(self, taxonomy: Taxonomy, moments: Sequence[StoredMoment]) -> None:
        self._taxonomy = taxonomy
        self._moments = moments
        self._classes: dict[int, MomentClass] = {}
        self._counts: Counter[str] = Counter()

    def take(self, labels: Sequence[MomentLabel], batch: range) -> None:
        """File one batch; the indices of its labels count from the batch's first moment."""
        for label in labels:
            if not 0 <= label.index < len(batch):
                self._counts["rejected_index"] += 1
            elif batch[label.index] in self._classes:
                self._counts["rejected_duplicate"] += 1
            else:
                self._file(label, batch[label.index])

    def output(self) -> ClassifyOutput:
        """Return a class for every moment, empty for those without a label that stands."""
        classes = tuple(
            self._classes.get(place, MomentClass(moment_id=moment.id))
            for place, moment in enumerate(self._moments)
        )
        counts = {
            "classified": len(self._classes),
            "unclassified": len(classes) - len(self._classes),
            **dict(sorted((+self._counts).items())),
        }
        return ClassifyOutput(classes=classes, counts=counts)

    def _file(self, label: MomentLabel, place: int) -> None:
        category = self._taxonomy.category(label.category)
        if category is None:
            self._counts["rejected_category"] += 1
            return
        subtopic = content_type = None
        if label.subtopic is not None:
            subtopic = subtopic_of(category, label.subtopic)
            self._counts["rejected_subtopic"] += subtopic is None
        if label.content_type is not None:
            content_type = self._taxonomy.content_type(label.content_type)
            self._counts["rejected_content_type"] += content_type is None
        self._classes[place] = MomentClass(
            moment_id=self._moments[place].id,
            category=category.name,
            subtopic=subtopic,
            content_type=content_type,
        )
