"""Who may ask a host when, and what becomes of a host that refuses."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from footnoted.fetch.port import HostRestsError, OfflineError
from footnoted.fetch.web.gate import HostGate
from footnoted.fetch.web.hosts import HostPace, HostPaces
from footnoted.fetch.web.rests import BOT_CHECK, FORBIDDEN, RATE_LIMITED
from tests.fakes.clock import START
from tests.fakes.hosts import FakeHostBook, FakeHostWitness
from tests.fakes.stepping import SteppingClock, settle


@dataclass
class Place:
    """A gate with everything around it, and the verbs of who asks."""

    paces: HostPaces = field(default_factory=HostPaces)
    patience_s: float = 60.0
    clock: SteppingClock = field(default_factory=SteppingClock)
    book: FakeHostBook = field(default_factory=FakeHostBook)
    witness: FakeHostWitness = field(default_factory=FakeHostWitness)
    left_at_s: list[float] = field(default_factory=list[float])
    out: int = 0
    most_out: int = 0

    def __post_init__(self) -> None:
        """Start the first process."""
        self.restart()

    def restart(self) -> None:
        """Be a new process: only the book is remembered."""
        self.gate = HostGate(
            self.book,
            self.clock,
            paces=self.paces,
            witness=self.witness,
            patience_s=self.patience_s,
        )

    async def ask(self, host: str = "a.example", *, takes_s: float = 0.0) -> None:
        """Ask a host, and be answered well."""
        async with self.gate.turn(host):
            self.left_at_s.append(self.clock.monotonic_s())
            self.out += 1
            self.most_out = max(self.most_out, self.out)
            if takes_s:
                await self.clock.sleep(takes_s)
            self.out -= 1
            await self.gate.went_well(host)

    async def be_refused(self, code: str = BOT_CHECK, rest_s: float | None = None) -> None:
        """Ask a host, and be refused."""
        async with self.gate.turn("a.example"):
            await self.gate.refused("www.a.example", code, "go away", rest_s)


def at(seconds: float) -> object:
    """Return the time `seconds` after the start, give or take what a step of the clock adds."""
    return pytest.approx(seconds, abs=1e-3)


async def test_requests_to_a_host_leave_one_after_another_with_a_gap() -> None:
    """And those to another do not wait for them."""
    place = Place()
    await place.clock.run(*(place.ask() for _ in range(3)), place.ask("b.example"))
    assert sorted(place.left_at_s) == [at(0), at(0), at(1), at(2)]


async def test_a_gap_is_spread_by_up_to_half() -> None:
    """So that no pattern gives us away, or hits a host on the full second."""
    place = Place()
    place.clock.jitter_value = 1.0
    await place.clock.run(place.ask(), place.ask())
    assert place.left_at_s == [at(0), at(1.5)]


@pytest.mark.parametrize("connections", [1, 3])
async def test_no_more_connections_are_out_than_the_pace_allows(connections: int) -> None:
    """And no fewer, when there are enough who ask."""
    place = Place(HostPaces(HostPace(0, connections)))
    await place.clock.run(*(place.ask(takes_s=2) for _ in range(9)))
    assert (len(place.left_at_s), place.most_out) == (9, connections)


async def test_who_gives_up_waiting_leaves_no_hole() -> None:
    """Cancelled in line, or while holding a place."""
    place = Place(HostPaces(HostPace(0)))
    tasks = [asyncio.create_task(place.ask(takes_s=5)) for _ in range(4)]
    await settle()
    tasks[1].cancel()
    tasks[0].cancel()
    await place.clock.run(*(_quietly(task) for task in tasks))
    assert [task.cancelled() for task in tasks] == [True, True, False, False]
    assert place.gate._lanes == {}


async def test_who_would_wait_for_long_is_parked_instead() -> None:
    """A gap of an hour holds no place in the machine for an hour."""
    place = Place(HostPaces(HostPace(3600)))
    await place.ask()
    with pytest.raises(HostRestsError) as caught:
        await place.ask()
    assert caught.value.until == START + timedelta(hours=1)


async def test_who_finds_no_place_in_time_is_parked() -> None:
    """The host is busy with one long request."""
    place = Place(HostPaces(HostPace(0)), patience_s=0.05)
    long = asyncio.create_task(place.ask(takes_s=900))
    await settle()
    with pytest.raises(HostRestsError, match="on their way"):
        await place.ask()
    await place.clock.run(long)


async def test_nobody_waits_behind_who_stays_for_long() -> None:
    """A download of an hour: who comes later is parked at once, and asks another host instead."""
    place = Place(HostPaces(HostPace(0)))
    long = asyncio.create_task(place.ask(takes_s=3600))
    await settle()
    place.clock.advance(61)
    started_s = asyncio.get_running_loop().time()
    with pytest.raises(HostRestsError, match="on their way") as caught:
        await place.ask()
    assert asyncio.get_running_loop().time() - started_s < 1
    assert caught.value.until == place.clock.now() + timedelta(seconds=60)
    await place.clock.run(long)
    await place.ask()


async def test_a_refusal_is_one_rest_and_one_alert_however_many_ask() -> None:
    """All others are turned away without a request; other hosts go on."""
    place = Place(HostPaces(HostPace(0)))
    await place.be_refused()
    for _ in range(50):
        with pytest.raises(HostRestsError, match="go away"):
            await place.ask()
    await place.ask("b.example")
    until = START + timedelta(seconds=60)
    assert place.witness.rests == [("a.example", BOT_CHECK, until)]
    assert place.left_at_s == [at(0)]


async def test_a_restart_forgets_no_rest() -> None:
    """Nor how often the host refused before."""
    place = Place(HostPaces(HostPace(0)))
    await place.be_refused()
    place.restart()
    with pytest.raises(HostRestsError) as caught:
        await place.ask()
    assert caught.value.until == START + timedelta(seconds=60)
    place.clock.advance(61)
    await place.be_refused()
    assert place.witness.rests[-1][2] == place.clock.now() + timedelta(seconds=120)


async def test_after_a_rest_one_request_tries_alone() -> None:
    """Whatever the pace allows; the others follow when the host has proved itself."""
    place = Place(HostPaces(HostPace(0, 5)))
    await place.be_refused(RATE_LIMITED)
    place.clock.advance(61)
    await place.ask()
    await place.clock.run(*(place.ask(takes_s=1) for _ in range(4)))
    assert place.most_out == 1
    place.clock.advance(60)
    await place.ask()
    await place.clock.run(*(place.ask(takes_s=1) for _ in range(4)))
    assert place.most_out == 4


async def test_a_new_process_knows_that_a_host_is_on_trial() -> None:
    """From the first request it lets pass there."""
    place = Place(HostPaces(HostPace(0, 5)))
    await place.be_refused(RATE_LIMITED)
    place.restart()
    place.clock.advance(61)
    await place.ask()
    await place.clock.run(*(place.ask(takes_s=1) for _ in range(4)))
    assert place.most_out == 1


async def test_the_end_is_told_once_when_the_host_has_proved_itself() -> None:
    """Not by the first answer: a host that refuses now and then would end its alert each time."""
    place = Place(HostPaces(HostPace(0)))
    await place.be_refused()
    place.clock.advance(61)
    await place.ask()
    assert place.witness.recoveries == []
    place.clock.advance(60)
    await place.ask()
    await place.ask()
    assert place.witness.recoveries == ["a.example"]


async def test_a_short_rest_is_no_alert() -> None:
    """It is kept all the same."""
    place = Place(HostPaces(HostPace(0)))
    await place.be_refused(RATE_LIMITED, rest_s=5)
    with pytest.raises(HostRestsError):
        await place.ask()
    assert place.witness.rests == []
    place.clock.advance(11)
    await place.ask()
    assert place.book.standings["a.example"].failures == 0


async def test_one_forbidden_address_does_not_rest_its_host() -> None:
    """Three in a row do; a success between them begins anew."""
    place = Place(HostPaces(HostPace(0)))
    for _ in range(2):
        await place.be_refused(FORBIDDEN)
    await place.ask()
    for _ in range(2):
        await place.be_refused(FORBIDDEN)
    assert place.witness.rests == []
    await place.be_refused(FORBIDDEN)
    assert [code for _, code, _ in place.witness.rests] == [FORBIDDEN]


async def test_a_success_costs_no_statement_where_nothing_is_held() -> None:
    """It is what nearly always happens."""
    place = Place()
    revisions = 0
    revise = place.book.revise

    async def counted(*given: object) -> object:
        nonlocal revisions
        revisions += 1
        return await revise(*given)  # type: ignore[arg-type] - passed through

    place.book.revise = counted  # type: ignore[method-assign, assignment] - counted
    await place.ask()
    assert revisions == 1


async def test_hosts_that_were_not_asked_for_a_week_are_forgotten() -> None:
    """Those of redirects come and go; those that refuse are remembered."""
    place = Place(HostPaces(HostPace(0)))
    await place.be_refused(FORBIDDEN)
    await place.ask("b.example")
    place.clock.advance(8 * 86_400)
    await place.ask("c.example")
    assert sorted(place.book.standings) == ["a.example", "c.example"]


async def _quietly(task: asyncio.Task[None]) -> None:
    with suppress(asyncio.CancelledError):
        await task


async def test_offline_no_host_but_this_machine_has_turns() -> None:
    """The sentence names the host and the setting, and nothing is written down of it."""
    place = Place()
    place.gate = HostGate(place.book, place.clock, is_offline=True)
    for host in ("127.0.0.1", "localhost", "::1"):
        await place.ask(host)
    with pytest.raises(OfflineError, match=r"^a\.example is not asked: FOOTNOTED_OFFLINE is set$"):
        await place.ask("a.example")
    assert len(place.left_at_s) == 3
    assert "a.example" not in place.book.standings
