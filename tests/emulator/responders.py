"""What the model says: scripted answers, then a bench's own logic, then the least valid data."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.emulator.configuration import ScriptedAnswer
from tests.emulator.matching import matches
from tests.emulator.schemas import least

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator.configuration import AnswerRule, Configuration
    from tests.emulator.matching import Subject

Logic = Callable[[Mapping[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer before it is cut: a text, or the input of a tool."""

    text: str
    tool: str | None = None
    output_tokens: int | None = None
    thinking_tokens: int | None = None
    stop_reason: str | None = None


def loaded_logic(path: Path) -> Logic:
    """Return the function `answer(request)` of a Python file.

    It returns None (no answer), a text, JSON data, or a ScriptedAnswer's fields under "scripted".
    """
    specification = importlib.util.spec_from_file_location("emulator_logic", path)
    if specification is None or specification.loader is None:
        message = f"{path} is no Python file"
        raise ValueError(message)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    logic: Logic = module.answer
    return logic


def _said(answer: ScriptedAnswer) -> Said:
    text = answer.text if answer.text is not None else json.dumps(answer.data, ensure_ascii=False)
    return Said(
        text,
        output_tokens=answer.output_tokens,
        thinking_tokens=answer.thinking_tokens,
        stop_reason=answer.stop_reason,
    )


class Responders:
    """Asks each responder in turn; the last one always answers."""

    def __init__(self, configuration: Configuration, logic: Logic | None) -> None:
        """Take the scripted rules in order."""
        self._rules = configuration.answers
        self._items = configuration.output.array_items
        self._logic = logic
        self._seen = [0] * len(self._rules)
        self._used = [0] * len(self._rules)

    def answer(self, subject: Subject) -> Said:
        """Return what is said to a request."""
        scripted = self._scripted(subject)
        if scripted is not None:
            return _said(scripted)
        spoken = self._logic(subject.body) if self._logic is not None else None
        if spoken is None:
            return self._generic(subject.body)
        if isinstance(spoken, dict) and spoken.keys() == {"scripted"}:
            return _said(ScriptedAnswer.model_validate(spoken["scripted"]))
        return Said(spoken if isinstance(spoken, str) else json.dumps(spoken, ensure_ascii=False))

    def _scripted(self, subject: Subject) -> ScriptedAnswer | None:
        for index, rule in enumerate(self._rules):
            if not matches(rule.match, subject):
                continue
            self._seen[index] += 1
            if not rule.nth or self._seen[index] in rule.nth:
                return self._next(index, rule)
        return None

    def _next(self, index: int, rule: AnswerRule) -> ScriptedAnswer:
        turn = min(self._used[index], len(rule.answers) - 1)
        self._used[index] += 1
        return rule.answers[turn]

    def _generic(self, body: Mapping[str, Any]) -> Said:
        choice = body.get("tool_choice") or {}
        if choice.get("type") in {"any", "tool"}:
            tools = body["tools"]
            tool = next((t for t in tools if t["name"] == choice.get("name")), tools[0])
            return Said(json.dumps(least(tool["input_schema"], self._items)), tool["name"])
        wanted = (body.get("output_config") or {}).get("format")
        if wanted is None:
            return Said("This is an emulated answer.")
        return Said(json.dumps(least(wanted["schema"], self._items), ensure_ascii=False))
