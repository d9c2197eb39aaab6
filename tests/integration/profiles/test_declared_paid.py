"""The recipes profile asks a paid model: the emulator sees the schema, and the quotes come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from footnoted.clock import SystemClock
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.ledger.prices import PriceTable
from footnoted.llm.anthropic_client import AnthropicClient, AnthropicModel
from footnoted.llm.call import CallScope
from footnoted.llm.gateway import Gateway
from footnoted.llm.purchase import Purchaser
from footnoted.llm.routes import Routes
from footnoted.model.transcript import TranscriptOrigin
from footnoted.pipeline.paid import PaidSetup, pay_for
from footnoted.prompting import Prompt
from footnoted.settings import Settings
from footnoted.transcripts.captions import read_transcript
from tests.emulator import running
from tests.fakes.workshop import Recording, Workshop
from tests.integration.profiles.test_declared_flow import FOCACCIA, recipes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.emulator.running import Emulator

MODEL = "claude-haiku-5-5"


class Paid:
    """A kitchen whose model is the emulator's."""

    def __init__(self, database: Database, emulator: Emulator, root: Path) -> None:
        """Join what pays."""
        self.client = AnthropicClient("sk-test-1", emulator.base_url)
        routes = Routes((AnthropicModel(self.client, MODEL, effort="low"),))
        clock = SystemClock()
        setup = PaidSetup(Settings(), database, clock, PriceTable.load(None))
        till = pay_for(routes, self.client, setup).till
        repair = Prompt("repair", "", "{{complaint}}", "0")
        self.gateway = Gateway(database, routes, Purchaser(database, clock, till), repair)
        asker = self.gateway.asker(CallScope("video", 1, "items"))
        self.kitchen = Workshop(database, recipes(root, MODEL), asker)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return a database of one's own."""
    engine = make_engine(database_url, application_name="test")
    yield Database(engine)
    await engine.dispose()


async def test_recipes_are_bought_once_and_their_quotes_hold(
    database: Database, project_root: Path
) -> None:
    """The prompt went out and came back: every item is in the transcript, and a replay is free."""
    logic = project_root / "bench" / "logic" / "extractive.py"
    path = project_root / "tests" / "fixtures" / "cooking" / FOCACCIA
    said = read_transcript(path.read_bytes(), path.name, origin=TranscriptOrigin.CAPTIONS_MANUAL)
    with running.started("--clock", "auto", "--logic", str(logic)) as emulator:
        paid = Paid(database, emulator, project_root)
        video = await paid.kitchen.add(Recording("Focaccia", (), transcript=said))
        outputs = await paid.kitchen.process(video)
        again = await paid.kitchen.process(video)
        await paid.kitchen.compose()
        totals: dict[str, Any] = emulator.totals()
        await paid.client.close()
    assert outputs["items"].counts == {"items": 11, "evidence_exact": 11}
    assert again["items"] == outputs["items"]
    assert totals["calls"] == 1
    assert (await paid.kitchen.verify()).offenders == ()
    models = await paid.kitchen.scalar("SELECT provenance->'models' FROM page_versions")
    assert models == {"items": MODEL}
