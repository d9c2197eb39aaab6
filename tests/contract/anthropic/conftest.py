"""One emulator for the module, strict about every field, and the adapter that asks it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.ledger.faults import CallFailedError, Fault
from footnoted.llm.anthropic_client import AnthropicClient, AnthropicModel
from footnoted.llm.port import CallOptions, ModelRequest, RawAnswer
from footnoted.llm.tasks import ExtractAnswer, ExtractTask
from footnoted.prompting import RenderedPrompt, read_prompt
from tests.emulator.running import Emulator, started

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

HAIKU = "claude-haiku-5-5"
KEY = "emulated-key"
QUICK = CallOptions(timeout_s=10)
STREAMED = CallOptions(timeout_s=10, on_first_byte=lambda: None)


def question(**changes: Any) -> ModelRequest[Any]:
    """Return a small request for moments."""
    asked = ModelRequest(
        label="topic-1",
        task=ExtractTask(language="en", topic="bread", cues=(), content_types=("advice",)),
        answer=ExtractAnswer,
        prompt=RenderedPrompt("You read transcripts.", "Cue 1: knead the dough.", "0" * 64),
        max_tokens_out=1_000,
    )
    return replace(asked, **changes)


def says(text: str, **fields: Any) -> list[dict[str, Any]]:
    """Return answer rules that always give one text."""
    return [{"answers": [{"text": text, **fields}]}]


@dataclass(frozen=True)
class Asking:
    """The adapter on the emulator, with verbs."""

    emulator: Emulator
    client: AnthropicClient
    schema_prompt: Any

    def model(self, name: str = HAIKU, **changes: Any) -> AnthropicModel:
        """Return a model, asked at low effort."""
        return AnthropicModel(
            self.client, name, **{"effort": "low", "schema_prompt": self.schema_prompt, **changes}
        )

    async def answer(self, options: CallOptions = QUICK, **changes: Any) -> RawAnswer:
        """Return the answer to the small request."""
        return await self.model().answer(question(**changes), options)

    async def fault(self, options: CallOptions = QUICK, **changes: Any) -> Fault:
        """Return the fault of a call that must fail."""
        with pytest.raises(CallFailedError) as failed:
            await self.answer(options, **changes)
        assert KEY not in failed.value.message
        return failed.value.fault

    def billed(self) -> list[bool]:
        """Return of each call in the emulator's books whether it was billed."""
        return [float(row["billed_usd"]) > 0 for row in self.emulator.rows()]


@pytest.fixture(scope="module")
def module_emulator() -> Iterator[Emulator]:
    """Yield the process; it is reset before every test."""
    with started("--clock", "virtual", "--seed", "7") as emulator:
        yield emulator


@pytest.fixture
def emulator(module_emulator: Emulator) -> Iterator[Emulator]:
    """Yield the emulator with empty books and no rules."""
    module_emulator.set_auto(auto=False)
    module_emulator.reset()
    yield module_emulator
    module_emulator.advance(3_600)  # what still drips for a client that has gone comes to its end


@pytest.fixture
def lacks() -> frozenset[str]:
    """Return what the server lacks: nothing, unless a test says so."""
    return frozenset()


@pytest.fixture
async def asking(
    emulator: Emulator, project_root: Path, lacks: frozenset[str]
) -> AsyncIterator[Asking]:
    """Yield the adapter on the emulator."""
    client = AnthropicClient(KEY, emulator.base_url, lacks)
    prompt = read_prompt([project_root / "prompts"], "shared", "schema")
    yield Asking(emulator, client, prompt)
    await client.close()
