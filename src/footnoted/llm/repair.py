"""A bad answer shown to its model once more, with what is wrong with it.

A repaired question keeps its system and user prompt, and so its cache and its prompt's hash; what
tells it from the first one is its `repair`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from footnoted.llm.port import Repair
from footnoted.model.text import one_line

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from footnoted.llm.port import ModelRequest
    from footnoted.prompting import Prompt

AnswerT = TypeVar("AnswerT", bound=BaseModel)

COMPLAINT_CHARS = 2_000
"""How long a complaint is at most; each character of it is paid for."""
_VIOLATIONS = 10
_VIOLATION_CHARS = 190


def repair_request(
    request: ModelRequest[AnswerT], bad_answer: str, complaint: str, prompt: Prompt
) -> ModelRequest[AnswerT]:
    """Return `request` with its bad answer and the user part of `prompt`, which has the complaint.

    Its label is `<label>:repair`. Raises ConfigurationError when the prompt asks for anything but
    `{{complaint}}`.
    """
    told = prompt.render({"complaint": complaint}).user
    repair = Repair(bad_answer=bad_answer, complaint=told)
    return replace(request, label=f"{request.label}:repair", repair=repair)


def complaint_of(error: ValidationError) -> str:
    """Return the first ten violations, a line each, `path: message`, at most 2,000 characters.

    Paths and messages hold words of the answer, which came from outside; each is one short line.
    The same answer always gets the same complaint.
    """
    details = error.errors(include_url=False, include_context=False, include_input=False)
    lines = [_line(detail) for detail in details[:_VIOLATIONS]]
    if len(details) > _VIOLATIONS:
        lines.append(f"and {len(details) - _VIOLATIONS} more")
    return "\n".join(lines)[:COMPLAINT_CHARS]


def _line(detail: ErrorDetails) -> str:
    """Return one violation, `topics[2].title: Field required`, or `answer: ...` for the whole."""
    path = ""
    for part in detail["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return one_line(f"{path.lstrip('.') or 'answer'}: {detail['msg']}", _VIOLATION_CHARS)
