"""What is remembered of hosts, in PostgreSQL and in its fake."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.fetch.port import HostRestsError
from footnoted.fetch.web import store
from footnoted.fetch.web.book import StoredHostBook
from footnoted.fetch.web.gate import HostGate
from footnoted.fetch.web.hosts import HostPace, HostPaces, Standing
from footnoted.fetch.web.rests import BOT_CHECK, FORBIDDEN, Refusal, after_refusal
from tests.fakes.clock import START
from tests.fakes.hosts import FakeHostBook, FakeHostWitness
from tests.fakes.stepping import SteppingClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from footnoted.fetch.web.book import HostBook

REFUSED = after_refusal(Standing(goes_at=START), Refusal(BOT_CHECK, "go\x00 away"), START, 0.0)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return a database of one's own."""
    engine = make_engine(database_url, application_name="test")
    yield Database(engine)
    await engine.dispose()


@pytest.fixture(params=["fake", "stored"])
def book(request: pytest.FixtureRequest) -> HostBook:
    """Return each kind of memory."""
    if request.param == "fake":
        return FakeHostBook()
    return StoredHostBook(request.getfixturevalue("database"))


async def test_a_standing_is_kept_as_it_was_given(book: HostBook) -> None:
    """All of it, and of that host only."""
    before, after = await book.revise("a.example", lambda _: REFUSED)
    assert (before, after) == (Standing(), REFUSED)
    kept, _ = await book.revise("a.example", lambda old: old)
    assert (kept.goes_at, kept.failures, kept.code) == (START, 1, BOT_CHECK)
    assert (kept.refused_at, kept.rests_until) == (START, START + timedelta(seconds=60))
    assert (await book.revise("b.example", lambda old: old))[0] == Standing()
    assert (await book.revise("a.example", lambda _: Standing()))[1] == Standing()


async def test_changes_of_many_do_not_lose_each_other(book: HostBook) -> None:
    """Nobody comes between the reading and the writing."""

    def count(old: Standing) -> Standing:
        return after_refusal(old, Refusal(FORBIDDEN, "no"), START + timedelta(days=9), 0.0)

    await asyncio.gather(*(book.revise("a.example", count) for _ in range(2)))
    assert (await book.revise("a.example", lambda old: old))[0].failures == 2


async def test_only_what_is_idle_and_not_held_against_a_host_is_forgotten(book: HostBook) -> None:
    """A refusal is remembered however old it is."""
    await book.revise("idle.example", lambda _: Standing(goes_at=START))
    await book.revise("busy.example", lambda _: Standing(goes_at=START + timedelta(days=1)))
    await book.revise("bad.example", lambda _: REFUSED)
    await book.forget(START + timedelta(hours=1))
    left = {
        host: (await book.revise(host, lambda old: old))[0].goes_at
        for host in ("idle.example", "busy.example", "bad.example")
    }
    expected = {"idle.example": None, "busy.example": START + timedelta(days=1)}
    assert left == expected | {"bad.example": START}


async def test_another_process_knows_the_rest_and_keeps_the_gap(database: Database) -> None:
    """Two gates on one database: what one was told holds for the other."""
    clock, witness, left_at_s = SteppingClock(), FakeHostWitness(), list[float]()
    gates = [
        HostGate(StoredHostBook(database), clock, paces=HostPaces(HostPace(0.5)), witness=witness)
        for _ in range(2)
    ]

    async def ask(gate: HostGate) -> None:
        async with gate.turn("a.example"):
            left_at_s.append(clock.monotonic_s())

    async def keep_time() -> None:
        while len(left_at_s) < 4:
            await asyncio.sleep(0.01)
            if clock.due_in_s() is not None:
                clock.advance(0.5)

    await asyncio.gather(keep_time(), *(ask(gate) for gate in gates * 2))
    gaps_s = [later - sooner for sooner, later in pairwise(left_at_s)]
    assert min(gaps_s) >= 0.5
    clock.advance(10)
    async with gates[0].turn("a.example"):
        await gates[0].refused("a.example", BOT_CHECK, "go away")
    with pytest.raises(HostRestsError, match="go away"):
        await ask(gates[1])
    assert len(witness.rests) == 1
    async with database.transaction() as session:
        resting = await store.resting(session, clock.now())
    assert [(host, standing.code) for host, standing in resting] == [("a.example", BOT_CHECK)]
