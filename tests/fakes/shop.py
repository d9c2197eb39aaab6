"""Processes that pay: real journal, budgets and limits around models that are fakes.

A token of an answer costs a dollar and a prompt nothing, so that sums can be read: a request for
at most 10 tokens holds $10, and an answer of 3 tokens costs $3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from footnoted.ledger.budgets.budget import Caps
from footnoted.ledger.prices import PriceTable
from footnoted.ledger.switches.switches import Switches
from footnoted.llm.call import CallScope
from footnoted.llm.gateway import Gateway
from footnoted.llm.limits.limiter import Limiter
from footnoted.llm.limits.spacing import Spacing
from footnoted.llm.paying import Till
from footnoted.llm.port import Division, ModelRequest, RawAnswer, Usage
from footnoted.llm.prefixes import Prefixes
from footnoted.llm.purchase import Purchaser
from footnoted.llm.routes import Routes
from footnoted.llm.tasks import SegmentAnswer, SegmentTask
from footnoted.pipeline.alerts.money import MoneyWitness
from footnoted.prompting import Prompt, RenderedPrompt
from tests.fakes.machine import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from footnoted.db.session import Database
    from tests.fakes.clock import FakeClock
    from tests.fakes.model import FakeModel

PRICES = """
[[prices]]
model = "{model}"
effective_from = 2026-01-01
batch_factor = 0.5
source = "a test"
checked_on = 2026-01-01
tiers = [{{ input = 0, write_5m = 0, write_1h = 0, read = 0, output = 1_000_000 }}]
"""
MODELS = ("dear", "other")
TIMEOUT_S = 600.0


def one_topic(title: str) -> str:
    """Return the text of an answer with one topic."""
    return f'{{"topics": [{{"first_cue": 0, "last_cue": 1, "title": "{title}"}}]}}'


def raw(text: str, tokens: int = 3, *, stop: str = "end_turn", thinking: int = 0) -> RawAnswer:
    """Return an answer of that many tokens (dollars)."""
    return RawAnswer(text, stop, Usage(output_tokens=tokens, thinking_tokens=thinking), "served")


def question(
    label: str, most: int = 10, divide: Callable[[], Division | None] | None = None
) -> ModelRequest[SegmentAnswer]:
    """Return a request, told apart by its label, for at most so many tokens."""
    return ModelRequest(
        label=label,
        task=SegmentTask(language=None, cues=()),
        answer=SegmentAnswer,
        prompt=RenderedPrompt("system", label.removesuffix(":longer"), "0"),
        max_tokens_out=most,
        divide=divide,
    )


def joined(found: Sequence[SegmentAnswer]) -> SegmentAnswer:
    """Return the topics of all answers as one answer."""
    return SegmentAnswer(topics=tuple(topic for answer in found for topic in answer.topics))


def divided(label: str) -> ModelRequest[SegmentAnswer]:
    """Return a request that can be cut in two: `<label>/1` and `<label>/2`."""

    def halve() -> Division:
        parts = (question(f"{label}/1"), question(f"{label}/2"))
        return Division(
            parts, lambda found: SegmentAnswer(topics=sum((a.topics for a in found), ()))
        )

    return question(label, divide=halve)


@dataclass
class Process:
    """One process of footnoted, as far as it asks and pays."""

    gateway: Gateway
    purchaser: Purchaser
    limiter: Limiter
    witness: MoneyWitness

    async def ask(
        self, *requests: ModelRequest[SegmentAnswer], item: int = 1, generation: int = 0
    ) -> list[list[str]]:
        """Return the titles of the topics of each answer."""
        scope = CallScope("video", item, "segment", generation)
        found = await self.gateway.ask_all(scope, requests)
        return [[topic.title for topic in answer.topics] for answer in found]


@dataclass
class Shop:
    """A database in which processes come and go, and what its books say."""

    database: Database
    clock: FakeClock
    prices: PriceTable
    processes: list[Process] = field(default_factory=list)

    async def opened(
        self, *models: FakeModel, caps: Caps | None = None, sleep_s: float = 0, key: str = "k"
    ) -> Process:
        """Return a process that has just started and asks `models`, the first one first."""
        clock, database = self.clock, self.database
        witness = MoneyWitness(database, clock)
        limiter = Limiter(database, clock, provider="anthropic", key_sha256=key)
        till = Till(
            clock=clock,
            prices=self.prices,
            caps=caps or Caps(day=Decimal(1_000)),
            limiter=limiter,
            spacing=Spacing(clock, sleep_s),
            prefixes=Prefixes(clock),
            switches=Switches(database, clock),
            witness=witness,
            min_prefix=lambda _: 1 << 60,
            timeout_s=TIMEOUT_S,
        )
        purchaser = Purchaser(database, clock, till)
        repair = Prompt("repair", "", "{{complaint}}", "0")
        gateway = Gateway(database, Routes(models), purchaser, repair)
        process = Process(gateway, purchaser, limiter, witness)
        await limiter.load()
        stop = limiter.stop
        await witness.started((stop.code, stop.detail) if stop else None)
        self.processes.append(process)
        return process

    async def calls(self) -> list[tuple[str, str, int]]:
        """Return (label, how it stands, generation) of each call, in order of purchase.

        How it stands is its flaw where its answer can't be used, `usable`, or its state.
        """
        rows = await rows_of(
            self.database,
            """SELECT label, CASE WHEN usable THEN 'usable' ELSE COALESCE(unusable_code, state) END,
                 generation FROM llm_calls ORDER BY id""",
        )
        return [tuple(row) for row in rows]

    async def books(self, scope: str = "day") -> list[tuple[str, int, int]]:
        """Return (key, spent, held) of each budget of a scope, in whole dollars."""
        rows = await rows_of(
            self.database,
            f"""SELECT key, spent_usd, reserved_usd FROM budgets
                WHERE scope = '{scope}' ORDER BY key""",  # noqa: S608 - a test's own word
        )
        return [(key, int(spent), int(held)) for key, spent, held in rows]

    async def alerts(self) -> list[tuple[str, str]]:
        """Return (code, what it concerns) of each alert that is not over."""
        rows = await rows_of(
            self.database,
            "SELECT code, concerns FROM alerts WHERE resolved_at IS NULL ORDER BY 1, 2",
        )
        return [tuple(row) for row in rows]


def open_shop(database: Database, clock: FakeClock, folder: Path, **fields: Any) -> Shop:
    """Return a shop whose prices are a dollar a token."""
    path = folder / "prices.toml"
    path.write_text("".join(PRICES.format(model=name) for name in MODELS), encoding="utf-8")
    return Shop(database, clock, PriceTable.load(path), **fields)
