"""Switches cost nothing per call, and outlast an absent database as they were."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.db.outage import DatabaseDownError
from footnoted.ledger.switches.store import Switch, read_switch, switch_off, switch_on
from footnoted.ledger.switches.switches import CAPTURE_PROMPTS, Switches
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    import pytest

    from footnoted.db.session import Database


async def put_on(database: Database, clock: FakeClock, minutes: int | None = None) -> None:
    """Put the switch on, for some minutes or for good."""
    until = None if minutes is None else clock.now() + timedelta(minutes=minutes)
    async with database.transaction() as session:
        await switch_on(session, Switch(CAPTURE_PROMPTS, until, clock.now()))


async def test_a_switch_is_off_until_it_is_put_on_and_obeyed_within_seconds(
    database: Database,
) -> None:
    """And off again when it is put off."""
    clock = FakeClock()
    switches = Switches(database, clock)
    seen = [await switches.is_on(CAPTURE_PROMPTS)]
    await put_on(database, clock)
    seen.append(await switches.is_on(CAPTURE_PROMPTS))
    clock.advance(5)
    seen.append(await switches.is_on(CAPTURE_PROMPTS))
    async with database.transaction() as session:
        await switch_off(session, CAPTURE_PROMPTS)
    clock.advance(5)
    seen.append(await switches.is_on(CAPTURE_PROMPTS))
    assert seen == [False, False, True, False]


async def test_a_switch_ends_at_its_time(database: Database) -> None:
    """Putting it on again counts from then."""
    clock = FakeClock()
    switches = Switches(database, clock)
    await put_on(database, clock, minutes=10)
    await put_on(database, clock, minutes=60)
    clock.advance(59 * 60)
    before = await switches.is_on(CAPTURE_PROMPTS)
    clock.advance(60)
    assert (before, await switches.is_on(CAPTURE_PROMPTS)) == (True, False)


async def test_those_who_ask_during_the_first_look_wait_for_it(database: Database) -> None:
    """The first calls of a process are kept like the others, however many begin together."""
    clock = FakeClock()
    await put_on(database, clock)
    switches = Switches(database, clock)
    seen = await asyncio.gather(*(switches.is_on(CAPTURE_PROMPTS) for _ in range(3)))
    assert seen == [True, True, True]


async def test_a_thousand_questions_at_once_are_one_query(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call costs nothing more with the switch than without."""
    clock, asked = FakeClock(), 0
    switches, statements = Switches(database, clock), database.statements

    def counted() -> object:
        nonlocal asked
        asked += 1
        return statements()

    monkeypatch.setattr(database, "statements", counted)
    await asyncio.gather(*(switches.is_on(CAPTURE_PROMPTS) for _ in range(1000)))
    assert asked == 1


async def test_while_the_database_is_away_a_switch_stays_as_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It still ends at its time; one that was never read is off."""
    clock = FakeClock()
    known, unknown = Switches(database, clock), Switches(database, clock)
    await put_on(database, clock, minutes=1)
    assert await known.is_on(CAPTURE_PROMPTS)

    def away() -> None:
        message = "away"
        raise DatabaseDownError(message)

    monkeypatch.setattr(database, "statements", away)
    seen = []
    for _ in range(2):
        clock.advance(31)
        seen.append((await known.is_on(CAPTURE_PROMPTS), await unknown.is_on(CAPTURE_PROMPTS)))
    assert seen == [(True, False), (False, False)]


async def test_a_switch_that_is_off_is_no_row(database: Database) -> None:
    """Putting off what is off is well too."""
    async with database.transaction() as session:
        await switch_off(session, CAPTURE_PROMPTS)
        assert await read_switch(session, CAPTURE_PROMPTS) is None
