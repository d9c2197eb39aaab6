"""Takes the labels of moments, batch by batch, and counts those that cannot be taken."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.profiles.techniques.types import ClassifyOutput, MomentClass
from footnoted.stages.taxonomy import subtopic_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.llm.tasks import Category, MomentLabel, SubtopicLabel
    from footnoted.profiles.techniques.types import StoredMoment
    from footnoted.stages.taxonomy import Taxonomy


@dataclass(slots=True)
class _Filed:
    """Where one moment stands so far."""

    category: Category
    content_type: str | None
    subtopic: str | None = None
    is_divided: bool = False


class LabelDesk:
    """Files the moments of one video: a category each, then a sub-topic within it."""

    def __init__(self, taxonomy: Taxonomy, moments: Sequence[StoredMoment]) -> None:
        """Start with nothing filed; moments are known by their place."""
        self._taxonomy = taxonomy
        self._moments = moments
        self._filed: dict[int, _Filed] = {}
        self._counts: Counter[str] = Counter()

    def take_categories(self, labels: Sequence[MomentLabel], batch: Sequence[int]) -> None:
        """File a batch; the index of a label is its moment's place in `batch`."""
        for label in labels:
            if not 0 <= label.index < len(batch):
                self._counts["rejected_index"] += 1
            elif batch[label.index] in self._filed:
                self._counts["rejected_duplicate"] += 1
            else:
                self._file(label, batch[label.index])

    def by_category(self) -> list[tuple[Category, list[int]]]:
        """Return the categories that have sub-topics, with the places of their moments."""
        found: dict[str, tuple[Category, list[int]]] = {}
        for place in sorted(self._filed):
            category = self._filed[place].category
            if category.subtopics:
                found.setdefault(category.name, (category, []))[1].append(place)
        return [found[name] for name in sorted(found)]

    def take_subtopics(self, labels: Sequence[SubtopicLabel], batch: Sequence[int]) -> None:
        """File a batch of moments of one category further."""
        for label in labels:
            if not 0 <= label.index < len(batch):
                self._counts["rejected_index"] += 1
                continue
            filed = self._filed[batch[label.index]]
            if filed.is_divided:
                self._counts["rejected_duplicate"] += 1
                continue
            filed.is_divided = True
            if label.subtopic is not None:
                filed.subtopic = subtopic_of(filed.category, label.subtopic)
                self._counts["rejected_subtopic"] += filed.subtopic is None

    def output(self) -> ClassifyOutput:
        """Return a class for every moment, empty for those without a label that stands."""
        classes = tuple(self._class_of(place) for place in range(len(self._moments)))
        counts = {
            "classified": len(self._filed),
            "unclassified": len(classes) - len(self._filed),
            **dict(sorted((+self._counts).items())),
        }
        return ClassifyOutput(classes=classes, counts=counts)

    def _file(self, label: MomentLabel, place: int) -> None:
        category = self._taxonomy.category(label.category)
        if category is None:
            self._counts["rejected_category"] += 1
            return
        content_type = None
        if label.content_type is not None:
            content_type = self._taxonomy.content_type(label.content_type)
            self._counts["rejected_content_type"] += content_type is None
        self._filed[place] = _Filed(category, content_type)

    def _class_of(self, place: int) -> MomentClass:
        filed = self._filed.get(place)
        if filed is None:
            return MomentClass(moment_id=self._moments[place].id)
        return MomentClass(
            moment_id=self._moments[place].id,
            category=filed.category.name,
            subtopic=filed.subtopic,
            content_type=filed.content_type,
        )
