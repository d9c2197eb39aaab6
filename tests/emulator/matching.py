"""Which calls a rule is for, and which of them in turn."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.emulator.configuration import Match


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules look at; header names are in lower case."""

    endpoint: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    custom_id: str | None = None

    def text_of(self, part: str) -> str:
        """Return a part of the request as text."""
        value = self.body.get(part)
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def matches(match: Match, subject: Subject) -> bool:
    """Return whether everything the rule names holds for the call."""
    named = (
        (match.endpoint, lambda want: subject.endpoint == want),
        (match.model, lambda want: subject.body.get("model") == want),
        (match.stream, lambda want: bool(subject.body.get("stream")) == want),
        (match.system_contains, lambda want: want in subject.text_of("system")),
        (match.prompt_contains, lambda want: want in subject.text_of("messages")),
        (match.custom_id_contains, lambda want: want in (subject.custom_id or "")),
    )
    return all(want is None or holds(want) for want, holds in named) and all(
        subject.headers.get(name.lower()) == value for name, value in match.header.items()
    )
