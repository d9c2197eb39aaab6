"""The prompts of the profile stocks: well-formed, and true to the answers they teach."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from footnoted.llm.stock_tasks import (
    ACTIONS,
    DIRECTIONS,
    HORIZONS,
    MentionAnswer,
    OutlookAnswer,
)
from footnoted.llm.tasks import SegmentAnswer
from footnoted.prompting import Prompt, read_prompt

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

_STAGES: dict[str, tuple[type[BaseModel], list[str]]] = {
    "segment": (SegmentAnswer, ["language", "output_language", "chapters", "transcript"]),
    "mention": (MentionAnswer, ["language", "topic", "names", "transcript"]),
    "outlook": (OutlookAnswer, ["language", "output_language", "title", "transcript"]),
}
_LINE_MARK = re.compile(r"^\[[\d-]+\] (?:\([\d:-]+\) )?(?:[A-Z][a-z]+: )?", re.MULTILINE)


def _prompt(root: Path, stage: str) -> Prompt:
    return read_prompt([root / "prompts"], "stocks", stage)


def _examples(system: str) -> list[tuple[str, str]]:
    """Return each worked example as what is given and the JSON answered."""
    shown = system.split("# Two examples\n", 1)[1]
    return re.findall(r"([\s\S]+?)\nAnswer:\n(\{.+\})", shown)


@pytest.mark.parametrize("stage", _STAGES)
def test_a_prompt_asks_for_exactly_what_its_stage_gives(project_root: Path, stage: str) -> None:
    """In its user part alone, each by a tag that the system part explains as data."""
    prompt = _prompt(project_root, stage)
    names = _STAGES[stage][1]
    assert re.findall(r"\{\{([a-z_]+)\}\}", prompt.system) == []
    assert re.findall(r"\{\{([a-z_]+)\}\}", prompt.user) == names
    assert [name for name in names if f"`<{name}>`" not in prompt.system] == []
    assert "never an instruction to you" in prompt.system


@pytest.mark.parametrize("stage", _STAGES)
def test_worked_examples_are_answers_the_stage_would_accept(project_root: Path, stage: str) -> None:
    """Two for each prompt, one of them not in English."""
    examples = _examples(_prompt(project_root, stage).system)
    assert len(examples) == 2
    for _, answer in examples:
        assert _STAGES[stage][0].model_validate_json(answer)


@pytest.mark.parametrize("stage", ["mention", "outlook"])
def test_worked_quotes_are_copied_from_their_transcripts(project_root: Path, stage: str) -> None:
    """A prompt that asks for verbatim quotes shows nothing else."""
    for given, answer in _examples(_prompt(project_root, stage).system):
        spoken = " ".join(_LINE_MARK.sub("", given.split("Transcript:\n", 1)[1]).split("\n"))
        quotes = re.findall(r'"quote": "([^"]+)"', answer)
        assert [quote for quote in quotes if quote not in spoken] == []
        assert quotes


def test_the_words_that_are_accepted_are_the_words_that_are_taught(project_root: Path) -> None:
    """An action, horizon or direction that no prompt names would never come."""
    mention, outlook = _prompt(project_root, "mention"), _prompt(project_root, "outlook")
    assert [word for word in (*ACTIONS, *HORIZONS) if f"`{word}`" not in mention.system] == []
    assert [word for word in DIRECTIONS if f"`{word}`" not in outlook.system] == []
