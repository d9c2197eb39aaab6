"""A model that answers by simple rules, so that every answer of a test can be foretold.

Topics are runs of four cues; every cue is a moment, called by its first words; a moment is filed by
the words in `CATEGORY_WORDS`; a page is made for each subtopic, with a claim for each different
summary; two drafts have nothing in common. Verbs change what it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from footnoted.llm.tasks import (
    ClaimDraft,
    ClassifyAnswer,
    ClassifyTask,
    ExtractAnswer,
    ExtractedMoment,
    ExtractTask,
    MergeAnswer,
    MergeTask,
    MomentLabel,
    PageDraft,
    SectionDraft,
    SegmentAnswer,
    SegmentTask,
    SubtopicAnswer,
    SubtopicLabel,
    SubtopicTask,
    SynthesizeAnswer,
    SynthesizeTask,
    TopicRange,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from footnoted.llm.port import ModelRequest
    from footnoted.llm.tasks import Answer, Task

AnswerT = TypeVar("AnswerT", bound=BaseModel)

COOKING = "Cooking and Baking"
AUDIO = "Music and Audio Production"
CATEGORY_WORDS = {
    "bread": (COOKING, "bread and dough"),
    "sauce": (COOKING, "sauces and seasoning"),
    "kick": (AUDIO, "drums and bass"),
    "reverb": (AUDIO, "reverb and delay"),
}
TOPIC_CUES = 4


class FakeAsker:
    """An Asker that remembers what it was asked, wave by wave, and in which parts."""

    def __init__(
        self,
        answer: Callable[[Task], Answer] | None = None,
        is_too_long: Callable[[ModelRequest[BaseModel]], bool] | None = None,
        name: str = "fake",
    ) -> None:
        """Answer by the rules of this module, or by `answer`; in halves what is too long.

        `name` is that of the model which it says has answered.
        """
        self._name = name
        self._answer = answer or answer_by_rules
        self._is_too_long = is_too_long or (lambda _: False)
        self._scripted: dict[str, list[BaseModel]] = {}
        self.waves: list[list[ModelRequest[BaseModel]]] = []
        self.parts: list[ModelRequest[BaseModel]] = []
        self.answered_by: set[str] = set()

    def will_answer(self, label: str, *answers: BaseModel) -> None:
        """Give these answers, in turn, to the next requests with `label`."""
        self._scripted.setdefault(label, []).extend(answers)

    @property
    def labels(self) -> list[str]:
        """Return the labels of every request, in order."""
        return [request.label for wave in self.waves for request in wave]

    async def ask_all(self, requests: Sequence[ModelRequest[AnswerT]]) -> list[AnswerT]:
        """Return one answer per request, in order."""
        self.waves.append(list(requests))
        self.answered_by.add(self._name)
        return [self._one(request) for request in requests]

    def _one(self, request: ModelRequest[AnswerT]) -> AnswerT:
        if request.divide is not None and self._is_too_long(request):
            division = request.divide()
            if division is not None:
                self.parts.extend(division.requests)
                merged = division.merge([self._one(part) for part in division.requests])
                return request.answer.model_validate(merged)
        scripted = self._scripted.get(request.label)
        given = scripted.pop(0) if scripted else self._answer(request.task)
        return request.answer.model_validate_json(given.model_dump_json())


def answer_by_rules(task: Task) -> Answer:
    """Return the one answer that the rules of this module allow."""
    match task:
        case SegmentTask():
            return _segment(task)
        case ExtractTask():
            return _extract(task)
        case ClassifyTask():
            return _classify(task)
        case SubtopicTask():
            return _subdivide(task)
        case SynthesizeTask():
            return _synthesize(task)
        case MergeTask():
            return MergeAnswer()
        case _:
            message = f"no rule answers {task.kind}"
            raise AssertionError(message)


def _segment(task: SegmentTask) -> SegmentAnswer:
    runs = [task.cues[at : at + TOPIC_CUES] for at in range(0, len(task.cues), TOPIC_CUES)]
    return SegmentAnswer(
        topics=tuple(
            TopicRange(first_cue=run[0].index, last_cue=run[-1].index, title=_title(run[0].text))
            for run in runs
        )
    )


def _extract(task: ExtractTask) -> ExtractAnswer:
    return ExtractAnswer(
        moments=tuple(
            ExtractedMoment(
                title=_title(cue.text),
                summary=cue.text,
                content_type=task.content_types[0],
                tools=tuple(word for word in cue.text.split() if word[:1].isupper())[1:],
                quote=cue.text,
                first_cue=cue.index,
                last_cue=cue.index,
            )
            for cue in task.cues
        )
    )


def _classify(task: ClassifyTask) -> ClassifyAnswer:
    return ClassifyAnswer(
        labels=tuple(
            MomentLabel(index=moment.index, category=category)
            for moment in task.moments
            for word, (category, _) in CATEGORY_WORDS.items()
            if word in moment.summary.casefold()
        )
    )


def _subdivide(task: SubtopicTask) -> SubtopicAnswer:
    return SubtopicAnswer(
        subtopics=tuple(
            SubtopicLabel(index=moment.index, subtopic=subtopic)
            for moment in task.moments
            for word, (category, subtopic) in CATEGORY_WORDS.items()
            if category == task.category.name and word in moment.summary.casefold()
        )
    )


def _synthesize(task: SynthesizeTask) -> SynthesizeAnswer:
    pages: dict[str, dict[str, list[int]]] = {}
    for moment in task.moments:
        claims = pages.setdefault(moment.subtopic or task.category, {})
        claims.setdefault(moment.summary, []).append(moment.index)
    return SynthesizeAnswer(
        pages=tuple(
            PageDraft(
                title=title.capitalize(),
                summary=f"All about {title}.",
                summary_indices=tuple(at for indices in claims.values() for at in indices),
                sections=(
                    SectionDraft(
                        heading="What was said",
                        claims=tuple(
                            ClaimDraft(text=text, moment_indices=tuple(indices))
                            for text, indices in claims.items()
                        ),
                    ),
                ),
            )
            for title, claims in pages.items()
        )
    )


def _title(text: str) -> str:
    return " ".join(text.split()[:4])
