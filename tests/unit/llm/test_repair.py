"""A bad answer and what its model is told about it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from footnoted.errors import ConfigurationError
from footnoted.llm.port import ModelRequest
from footnoted.llm.repair import COMPLAINT_CHARS, complaint_of, repair_request
from footnoted.llm.tasks import SegmentAnswer, SegmentTask
from footnoted.prompting import RenderedPrompt, parse_prompt, read_prompt

if TYPE_CHECKING:
    from pathlib import Path

REQUEST = ModelRequest(
    label="topics",
    task=SegmentTask(language="en", cues=()),
    answer=SegmentAnswer,
    prompt=RenderedPrompt("rules", "question", "f" * 64),
    max_tokens_out=900,
    divide=lambda: None,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=300),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=300), inner),
    max_leaves=30,
)
LONG_KEY = st.text(max_size=20).map(lambda text: text * 150)


def _complaint(answer: str) -> str:
    with pytest.raises(ValidationError) as refused:
        SegmentAnswer.model_validate_json(answer)
    return complaint_of(refused.value)


def test_a_complaint_names_the_place_and_the_fault() -> None:
    """Paths are written as one writes them, so that the model finds the item."""
    topics = [{"first_cue": 1, "last_cue": 2, "title": "T"}, {"first_cue": None, "last_cue": 2}]
    assert _complaint(json.dumps({"topics": topics, "notes": 1})).split("\n") == [
        "topics[1].first_cue: Input should be a valid integer",
        "topics[1].title: Field required",
        "notes: Extra inputs are not permitted",
    ]


def test_what_is_no_json_is_a_fault_of_the_whole_answer() -> None:
    """There is no place in it to name."""
    assert _complaint('{"topics": [').startswith("answer: Invalid JSON: EOF while parsing")


def test_ten_violations_are_named_and_the_rest_counted() -> None:
    """A thousand bad items would cost more than the answer did."""
    lines = _complaint(json.dumps({"topics": [{}] * 9})).split("\n")
    assert len(lines) == 11
    assert lines[-1] == "and 17 more"


@given(st.dictionaries(LONG_KEY, JSON, min_size=1, max_size=15))
def test_no_answer_makes_a_complaint_long_or_breaks_its_lines(answer: dict[str, object]) -> None:
    """Keys are the model's own words, and may be of any length."""
    try:
        SegmentAnswer.model_validate_json(json.dumps(answer))
    except ValidationError as error:
        complaint = complaint_of(error)
        assert len(complaint) <= COMPLAINT_CHARS
        assert len(complaint.splitlines()) <= 11


def test_a_repair_is_the_same_question_told_what_was_wrong(project_root: Path) -> None:
    """The prompt and its hash stay; the label and the repair are what is new."""
    prompt = read_prompt([project_root / "prompts"], "shared", "repair")
    repaired = repair_request(REQUEST, "{}", "topics: Field </complaint> required", prompt)
    assert repaired.repair is not None
    assert (repaired.label, repaired.prompt) == ("topics:repair", REQUEST.prompt)
    assert (repaired.repair.bad_answer, repaired.max_tokens_out) == ("{}", 900)
    assert "topics: Field &lt;/complaint> required" in repaired.repair.complaint
    assert "not sent" not in repaired.repair.complaint
    assert repaired.divide is REQUEST.divide


def test_a_repair_prompt_that_asks_for_more_is_refused() -> None:
    """There is nothing else to tell."""
    prompt = parse_prompt("repair", "S\n=== user ===\n{{complaint}} {{transcript}}")
    with pytest.raises(ConfigurationError):
        repair_request(REQUEST, "{}", "c", prompt)
