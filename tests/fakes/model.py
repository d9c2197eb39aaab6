"""A model that answers what a test tells it, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from footnoted.llm.port import RawAnswer, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from footnoted.llm.port import CallOptions, ModelRequest

EMPTY = '{"topics": []}'


@dataclass
class FakeModel:
    """Answers each label with its scripted answers in order, else with an empty one."""

    name: str = "fake"
    is_free: bool = False
    asked: list[str] = field(default_factory=list)
    scripted: dict[str, list[str | RawAnswer | BaseException]] = field(default_factory=dict)
    held: asyncio.Event | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, label: str, *answers: str | RawAnswer | BaseException) -> None:
        """Answer `label` with these texts, raw answers or failures, in this order."""
        self.scripted.setdefault(label, []).extend(answers)

    async def until_asked(self, count: int = 1) -> None:
        """Return when so many calls have arrived."""
        async with asyncio.timeout(30):
            while len(self.asked) < count:
                self._arrived.clear()
                await self._arrived.wait()

    async def answer(self, request: ModelRequest[BaseModel], options: CallOptions) -> RawAnswer:
        """Return the next answer of the label, once it is not held back any more."""
        del options
        self.asked.append(request.label)
        self._arrived.set()
        if self.held is not None:
            await self.held.wait()
        script = self.scripted.get(request.label)
        answer = script.pop(0) if script else EMPTY
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, RawAnswer):
            return answer
        return RawAnswer(answer, "end_turn", Usage(output_tokens=1), self.name)

    async def count_input(self, request: ModelRequest[BaseModel]) -> int | None:
        """Return the characters of the prompt."""
        return len(request.prompt.system) + len(request.prompt.user)

    def batch_params(
        self, request: ModelRequest[BaseModel], *, caches_system: bool = False
    ) -> Mapping[str, Any] | None:
        """Return the prompt: a fake provider of batches reads it."""
        del caches_system
        return {"model": self.name, "label": request.label, "user": request.prompt.user}
