"""The extractive model as a `Model`: what it says of itself, and the same task, the same bytes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from footnoted.llm import extractive
from footnoted.llm.extractive import Extractive, answer_task
from footnoted.llm.port import CallOptions, ModelRequest, Usage
from footnoted.llm.tasks import (
    ClassifyAnswer,
    ClassifyTask,
    SegmentAnswer,
    SegmentTask,
    SynthesizeAnswer,
    SynthesizeTask,
)
from footnoted.model.transcript import Cue
from footnoted.prompting import RenderedPrompt

if TYPE_CHECKING:
    import pytest
    from pydantic import BaseModel

    from footnoted.llm.port import Model
    from footnoted.llm.tasks import Answer, Task

_CUES = (
    Cue(0, 0, 4000, "A compressor turns down loud parts of a vocal."),
    Cue(1, 4000, 9000, "You should set the threshold of the compressor before the ratio."),
)


def _request(task: Task) -> ModelRequest[BaseModel]:
    return ModelRequest("whole", task, SegmentAnswer, RenderedPrompt("", "", ""), 1000)


async def test_it_says_that_it_was_extractive_and_costs_nothing() -> None:
    """The model's name stands on the answer, and no token is counted."""
    model: Model = Extractive()
    raw = await model.answer(_request(SegmentTask(language="en", cues=_CUES)), CallOptions())
    assert (model.name, raw.model) == ("extractive", "extractive")
    assert (raw.stop_reason, raw.usage) == ("end_turn", Usage())


async def test_the_raw_answer_is_json_of_the_answers_schema() -> None:
    """What the facade returns is the pure function's answer, serialised."""
    task = SegmentTask(language="en", cues=_CUES)
    raw = await Extractive().answer(_request(task), CallOptions())
    assert SegmentAnswer.model_validate_json(raw.text) == answer_task(task)


async def test_the_work_leaves_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour of speech takes longer than a loop may be held: the work is in another thread."""
    seen: list[int] = []
    original = extractive.answer_task

    def watched(task: Task) -> Answer:
        seen.append(threading.get_ident())
        return original(task)

    monkeypatch.setattr(extractive, "answer_task", watched)
    await Extractive().answer(_request(SegmentTask(language="en", cues=_CUES)), CallOptions())
    assert len(seen) == 1
    assert seen[0] != threading.get_ident()


def test_empty_tasks_get_empty_answers() -> None:
    """Nothing in, nothing out, for each kind of task."""
    assert answer_task(SegmentTask(language=None, cues=())) == SegmentAnswer(topics=())
    classify = ClassifyTask(language=None, moments=(), categories=())
    assert answer_task(classify) == ClassifyAnswer(labels=())
    synthesize = SynthesizeTask(language=None, category="Audio", moments=())
    assert answer_task(synthesize) == SynthesizeAnswer(pages=())
