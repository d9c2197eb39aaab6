"""How a stage asks: a typed task, the prompt that shows it, and how the task is cut in two.

    task -> request -> (answer too long) -> two halves of the task -> a request each -> one answer

Everything here follows from the task alone, so a replay cuts where the first run cut, and finds the
answers of the halves in the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence  # noqa: TC003 - dataclass fields are read
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel

from footnoted.llm.port import Division, ModelRequest
from footnoted.llm.tasks import Task

if TYPE_CHECKING:
    from footnoted.prompting import Prompt

TaskT = TypeVar("TaskT", bound=Task)
AnswerT = TypeVar("AnswerT", bound=BaseModel)

UNKNOWN_LANGUAGE = "unknown"
"""What prompts say where nobody knows the language."""


@dataclass(frozen=True, slots=True)
class Question(Generic[TaskT, AnswerT]):
    """One kind of question; its functions are pure."""

    answer: type[AnswerT]
    """The schema of its answers."""
    show: Callable[[TaskT], Mapping[str, str]]
    """What of a task is put into the user part of the prompt."""
    halve: Callable[[TaskT], tuple[TaskT, TaskT] | None]
    """The two halves of a task in order, or None when it is of one piece."""
    unite: Callable[[tuple[TaskT, TaskT], tuple[AnswerT, AnswerT]], AnswerT]
    """The answer to the whole. What a half may not cite stays refused: it cites nothing that is."""
    configuration: Mapping[str, str]
    """What is put into the system part of the prompt; the same for every task."""

    def request(
        self, label: str, task: TaskT, prompt: Prompt, max_tokens_out: int
    ) -> ModelRequest[AnswerT]:
        """Return the request for `task`; its halves are labelled `<label>/1` and `<label>/2`.

        A half may be as long as the whole: it is asked because the whole was denser than its size
        said, and so are its parts.
        """
        return ModelRequest(
            label=label,
            task=task,
            answer=self.answer,
            prompt=prompt.render(self.show(task), self.configuration),
            max_tokens_out=max_tokens_out,
            divide=partial(self._divide, label, task, prompt, max_tokens_out),
        )

    def _divide(
        self, label: str, task: TaskT, prompt: Prompt, max_tokens_out: int
    ) -> Division | None:
        halves = self.halve(task)
        if halves is None:
            return None
        requests = tuple(
            self.request(f"{label}/{number}", half, prompt, max_tokens_out)
            for number, half in enumerate(halves, start=1)
        )
        return Division(requests, partial(self._merge, halves))

    def _merge(self, halves: tuple[TaskT, TaskT], answers: Sequence[AnswerT]) -> AnswerT:
        first, second = answers
        return self.unite(halves, (first, second))
