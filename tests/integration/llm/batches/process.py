"""What a process of the program has for batches, joined as the program joins it, but quicker."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from footnoted.clock import SystemClock
from footnoted.ledger.prices import PriceTable
from footnoted.llm.anthropic_client import AnthropicClient, AnthropicModel
from footnoted.llm.batches.anthropic_batches import AnthropicBatches
from footnoted.llm.batches.choice import Choice, LlmMode
from footnoted.llm.batches.collection import Collection, Patience
from footnoted.llm.batches.gathering import Batcher, Bounds
from footnoted.llm.batches.purchase import BatchPurchaser
from footnoted.llm.call import CallScope
from footnoted.llm.gateway import Gateway
from footnoted.llm.port import ModelRequest
from footnoted.llm.routes import Routes
from footnoted.llm.tasks import SegmentAnswer, SegmentTask
from footnoted.pipeline.batches.keeper import BatchKeeper
from footnoted.pipeline.paid import PaidSetup, pay_for
from footnoted.prompting import Prompt, RenderedPrompt
from footnoted.settings import Settings

if TYPE_CHECKING:
    from footnoted.db.session import Database
    from footnoted.llm.batches.port import BatchProvider
    from tests.emulator.running import Emulator

SCOPE = CallScope("video", 1, "segment")
QUICK = Bounds(quiet_s=0.0, longest_s=5.0)
MODEL = "claude-haiku-5-5"


def request(label: str, length: int = 500) -> ModelRequest[SegmentAnswer]:
    """Return a request that is told apart by its label."""
    return ModelRequest(
        label=label,
        task=SegmentTask(language=None, cues=()),
        answer=SegmentAnswer,
        prompt=RenderedPrompt("You find topics.", f"[[{label}]]", "0"),
        max_tokens_out=length,
    )


def requests(*labels: str) -> list[ModelRequest[SegmentAnswer]]:
    """Return a wave."""
    return [request(label) for label in labels]


class Process:
    """A gateway with batches, and the keeper beside it; `dies` ends it as a crash would."""

    def __init__(
        self,
        database: Database,
        emulator: Emulator,
        mode: str,
        *,
        provider: type[AnthropicBatches] = AnthropicBatches,
        unseen_s: float = 900.0,
        bounds: Bounds = QUICK,
        **settings: Any,
    ) -> None:
        """Ask the emulator; nothing goes out yet."""
        self.database, self.emulator, clock = database, emulator, SystemClock()
        self.client = AnthropicClient("sk-test-1", emulator.base_url)
        self.provider: BatchProvider = provider(self.client)
        routes = Routes((AnthropicModel(self.client, MODEL, effort="low"),))
        prices = PriceTable.load(None)
        asked = Settings(llm_mode=mode, **settings)
        setup = PaidSetup(asked, database, clock, prices, batches=self.provider)
        till = pay_for(routes, self.client, setup).till
        assert till is not None
        self.till = till
        self.choice = Choice(LlmMode(mode), database, clock, till.limiter)
        self.batcher = Batcher(database, till, self.provider, self.choice, bounds)
        patience = Patience(unseen=timedelta(seconds=unseen_s))
        self.collection = Collection(database, till, self.provider, patience)
        self.keeper = BatchKeeper(database, clock, self.batcher, self.collection)
        purchaser = BatchPurchaser(database, clock, till, self.batcher)
        repair = Prompt("repair", "", "{{complaint}}", "0")
        self.gateway = Gateway(database, routes, purchaser, repair)

    async def ask(self, *labels: str, scope: CallScope = SCOPE) -> list[SegmentAnswer]:
        """Return the answers to a wave; raise what the stage would see."""
        return await self.gateway.ask_all(scope, requests(*labels))

    async def sent(self) -> None:
        """Return when what was gathered is out."""
        while self.batcher._tasks:  # not hurried, as `settled` would
            await SystemClock().sleep(0.02)

    async def look(self, *, after_s: float = 0.0) -> None:
        """Let emulated time pass, then look after batches as a sole daemon."""
        self.emulator.advance(after_s)
        await self.keeper.look(is_sole=True)

    async def close(self) -> None:
        """End it as SIGTERM does."""
        await self.gateway.settled()
        await self.client.close()

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        async with self.database.transaction() as session:
            return [tuple(row) for row in (await session.execute(text(query))).all()]

    async def change(self, statement: str, **values: Any) -> None:
        """Change the database behind the program's back."""
        async with self.database.transaction() as session:
            await session.execute(text(statement), values)

    def die(self) -> None:
        """End what is gathered or on its way out, as a crash would."""
        for task in self.batcher._tasks:
            task.cancel()

    async def calls(self) -> list[tuple[Any, ...]]:
        """Return (label, state, fault code) of every call, by label."""
        return await self.rows("SELECT label, state, fault_code FROM llm_calls ORDER BY label, id")

    async def batches(self) -> list[tuple[Any, ...]]:
        """Return (state, requests) of every batch, by id."""
        return await self.rows("SELECT state, requests FROM call_batches ORDER BY id")

    async def money(self) -> tuple[Any, Any]:
        """Return what is spent and held of the day."""
        found = await self.rows("SELECT spent_usd, reserved_usd FROM budgets WHERE scope = 'day'")
        spent, held = found[0]
        return spent, held
