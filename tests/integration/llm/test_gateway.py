"""Through the gateway, an answered call is never made again and no answer is lost."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from footnoted.db.engine import make_engine
from footnoted.db.outage import DatabaseDownError
from footnoted.db.session import Database
from footnoted.errors import ContractViolationError, TransientError
from footnoted.ledger import store
from footnoted.ledger.store import erase_answers
from footnoted.llm.call import CallScope
from footnoted.llm.gateway import Gateway
from footnoted.llm.port import ModelRequest
from footnoted.llm.purchase import Purchaser
from footnoted.llm.routes import Routes
from footnoted.llm.tasks import SegmentAnswer, SegmentTask
from footnoted.prompting import Prompt, RenderedPrompt
from tests.fakes.clock import FakeClock
from tests.fakes.machine import rows_of
from tests.fakes.model import FakeModel

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.ledger.journal import Entry

SCOPE = CallScope("video", 1, "segment")
TOPIC = '{"topics": [{"first_cue": 0, "last_cue": 1, "title": "one"}]}'


def request(label: str, text: str | None = None) -> ModelRequest[SegmentAnswer]:
    """Return a request that is told apart by its text."""
    return ModelRequest(
        label=label,
        task=SegmentTask(language=None, cues=()),
        answer=SegmentAnswer,
        prompt=RenderedPrompt("system", text or label, "0"),
        max_tokens_out=10,
    )


def gateway(database: Database, model: FakeModel) -> Gateway:
    """Return a gateway as a process that has just started would have it."""
    return joined(database, model, FakeClock())


def joined(database: Database, model: FakeModel, clock: FakeClock) -> Gateway:
    """Return a gateway to one model, without money."""
    model.is_free = True
    repair = Prompt("repair", "", "{{complaint}}", "0")
    return Gateway(database, Routes((model,)), Purchaser(database, clock, None), repair)


async def states(database: Database) -> list[tuple[str, bool | None, int]]:
    """Return (state, usable, generation) of every journaled call, by id."""
    rows = await rows_of(database, "SELECT state, usable, generation FROM llm_calls ORDER BY id")
    return [tuple(row) for row in rows]


async def test_answers_come_in_the_order_of_the_requests(database: Database) -> None:
    """However long each takes, the first answer belongs to the first request."""
    model = FakeModel()
    model.say("b", TOPIC)
    found = await gateway(database, model).ask_all(SCOPE, [request("a"), request("b")])
    assert [len(answer.topics) for answer in found] == [0, 1]


async def test_an_answered_call_is_replayed_by_every_process_after(database: Database) -> None:
    """The journal answers; the model is not asked again."""
    model = FakeModel()
    model.say("a", TOPIC)
    first = await gateway(database, model).ask_all(SCOPE, [request("a")])
    second = await gateway(database, model).ask_all(SCOPE, [request("a")])
    assert (second, model.asked) == (first, ["a"])


async def test_equal_requests_of_one_wave_are_one_call(database: Database) -> None:
    """Two requests with one hash share an answer."""
    model = FakeModel()
    found = await gateway(database, model).ask_all(SCOPE, [request("a", "x"), request("b", "x")])
    assert (len(found), model.asked) == (2, ["a"])


async def test_equal_requests_of_two_items_at_once_are_one_call(database: Database) -> None:
    """Who comes second waits for the first and finds its answer."""
    model = FakeModel(held=asyncio.Event())
    shared = gateway(database, model)
    first = asyncio.create_task(shared.ask_all(SCOPE, [request("a", "x")]))
    other = CallScope("video", 2, "segment")
    second = asyncio.create_task(shared.ask_all(other, [request("b", "x"), request("c")]))
    await model.until_asked()
    assert model.held is not None
    model.held.set()
    async with asyncio.timeout(30):
        await asyncio.gather(first, second)
    assert sorted(model.asked) in (["a", "c"], ["b", "c"])


async def test_who_finds_an_equal_call_on_its_way_takes_its_answer(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is journaled as sent when the second looks, and answered when its turn has come."""
    model, looked = FakeModel(held=asyncio.Event()), asyncio.Event()
    shared = gateway(database, model)
    first = asyncio.create_task(shared.ask_all(SCOPE, [request("a", "x")]))
    await model.until_asked()
    entries = shared.entries

    async def looked_up(hashes: Sequence[str]) -> dict[str, Entry]:
        found = await entries(hashes)
        looked.set()
        return found

    monkeypatch.setattr(shared, "entries", looked_up)
    other = CallScope("video", 2, "segment")
    second = asyncio.create_task(shared.ask_all(other, [request("b", "x")]))
    await looked.wait()
    assert model.held is not None
    model.held.set()
    async with asyncio.timeout(20):
        await asyncio.gather(first, second)
    assert (model.asked, await states(database)) == (["a"], [("answered", True, 0)])


async def test_a_call_another_process_is_making_is_waited_for(database: Database) -> None:
    """A sent row without an answer may be billed: it is not sent again."""
    model = FakeModel(held=asyncio.Event())
    first = asyncio.create_task(gateway(database, model).ask_all(SCOPE, [request("a")]))
    await model.until_asked()
    with pytest.raises(TransientError) as caught:
        await gateway(database, FakeModel()).ask_all(SCOPE, [request("a")])
    assert caught.value.wait_reason == "call_in_flight"
    assert model.held is not None
    model.held.set()
    await first


async def test_a_cancelled_stage_loses_no_answer(database: Database) -> None:
    """The gateway owns the call: it ends and is journaled, and the replay finds it."""
    model = FakeModel(held=asyncio.Event())
    model.say("a", TOPIC)
    shared = gateway(database, model)
    stage = asyncio.create_task(shared.ask_all(SCOPE, [request("a")]))
    await model.until_asked()
    stage.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stage
    assert model.held is not None
    model.held.set()
    await shared.settled()
    assert await states(database) == [("answered", True, 0)]
    assert (await shared.ask_all(SCOPE, [request("a")]))[0].topics != ()
    assert model.asked == ["a"]


async def test_one_failing_call_loses_none_of_its_wave(database: Database) -> None:
    """The wave is settled before its outcome is raised."""
    model = FakeModel(is_free=True)
    model.say("b", RuntimeError("no"))
    with pytest.raises(RuntimeError):
        await gateway(database, model).ask_all(SCOPE, [request(label) for label in "abc"])
    assert sorted(state for state, _, _ in await states(database)) == [
        "answered",
        "answered",
        "released",
    ]
    await gateway(database, model).ask_all(SCOPE, [request(label) for label in "abc"])
    assert sorted(model.asked) == ["a", "b", "b", "c"]


async def test_answers_outside_the_schema_are_kept_marked_and_asked_again(
    database: Database,
) -> None:
    """All bad answers of a wave are marked; the next try asks under a new generation."""
    model = FakeModel()
    model.say("a", "not json")
    model.say("b", '{"topics": 7}')
    with pytest.raises(ContractViolationError):
        await gateway(database, model).ask_all(SCOPE, [request("a"), request("b"), request("c")])
    assert sorted(await states(database), key=str) == [
        ("answered", False, 0),
        ("answered", False, 0),
        ("answered", True, 0),
    ]
    await gateway(database, model).ask_all(SCOPE, [request("a"), request("b"), request("c")])
    assert sorted(model.asked) == ["a", "a", "b", "b", "c"]
    assert (await states(database))[3:] == [("answered", True, 1)] * 2


async def test_a_raised_generation_buys_anew_once(database: Database) -> None:
    """Forcing asks again; repeating the forced run replays it."""
    model = FakeModel()
    forced = CallScope("video", 1, "segment", generation=1)
    await gateway(database, model).ask_all(SCOPE, [request("a")])
    await gateway(database, model).ask_all(forced, [request("a")])
    await gateway(database, model).ask_all(forced, [request("a")])
    assert model.asked == ["a", "a"]


async def test_the_only_process_releases_what_the_dead_left(database: Database) -> None:
    """Reserved calls were never sent; a sent one is only released when it billed nothing."""
    await rows_of(
        database,
        """INSERT INTO llm_calls (request_sha256, item_kind, item_id, stage, label, model,
             prompt_sha256, state, reserved_usd)
           VALUES ('1', 'video', 1, 's', 'l', 'paid', 'p', 'reserved', 0),
                  ('2', 'video', 1, 's', 'l', 'paid', 'p', 'sent', 0),
                  ('3', 'video', 1, 's', 'l', 'free', 'p', 'sent', 0) RETURNING 1""",
    )
    async with database.transaction() as session:
        assert await store.release_orphans(session, ["free"]) == 2
    assert [state for state, _, _ in await states(database)] == ["released", "sent", "released"]


class FailingDatabase(Database):
    """A database whose next transactions are cut off: before their commit, or just after it."""

    before_commit = 0
    after_commit = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncConnection]:
        """Yield a connection in a transaction, and lose it as told."""
        message = "the server closed the connection"
        async with super().transaction() as session:
            yield session
            if self.before_commit:
                self.before_commit -= 1
                raise DatabaseDownError(message)
        if self.after_commit:
            self.after_commit -= 1
            raise DatabaseDownError(message)


@pytest.fixture
async def failing(database_url: str) -> AsyncIterator[FailingDatabase]:
    """Return a database that fails when told."""
    engine = make_engine(database_url, application_name="test")
    yield FailingDatabase(engine)
    await engine.dispose()


async def test_an_answer_in_hand_is_journaled_when_the_database_is_back(
    failing: FailingDatabase,
) -> None:
    """What was paid for is not thrown away because it could not be written at once."""
    model = FakeModel(held=asyncio.Event())
    clock = FakeClock()
    shared = joined(failing, model, clock)
    asking = asyncio.create_task(shared.ask_all(SCOPE, [request("a")]))
    await model.until_asked()
    failing.before_commit = 2
    assert model.held is not None
    model.held.set()
    for _ in range(2):
        await clock.until_slept_on(asking)
        clock.advance(0.3)
    async with asyncio.timeout(30):
        await asking
    assert (await states(failing), model.asked) == ([("answered", True, 0)], ["a"])


async def test_a_reservation_the_database_swallowed_blocks_nobody(
    failing: FailingDatabase,
) -> None:
    """A commit that nobody was told of leaves a row of ours: it is taken up at once."""
    model = FakeModel()
    shared = joined(failing, model, FakeClock())
    seen = 0
    plain = failing.transaction

    @asynccontextmanager
    async def cut() -> AsyncGenerator[AsyncConnection]:
        nonlocal seen
        seen += 1
        failing.after_commit = int(seen == 2)  # after the look-up: the reservation
        async with plain() as session:
            yield session

    failing.transaction = cut  # type: ignore[method-assign]
    with pytest.raises(DatabaseDownError):
        await shared.ask_all(SCOPE, [request("r0")])
    failing.transaction = plain  # type: ignore[method-assign]
    await shared.ask_all(SCOPE, [request("r0")])
    assert await states(failing) == [("answered", True, 0)]


async def test_a_cancelled_stage_that_comes_back_joins_the_call_on_its_way(
    database: Database,
) -> None:
    """It neither asks again nor waits for a call of its own as for somebody else's."""
    model = FakeModel(held=asyncio.Event())
    shared = gateway(database, model)
    stage = asyncio.create_task(shared.ask_all(SCOPE, [request("a")]))
    await model.until_asked()
    stage.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stage
    again = asyncio.create_task(shared.ask_all(SCOPE, [request("a"), request("b")]))
    await model.until_asked(2)
    assert model.held is not None
    model.held.set()
    async with asyncio.timeout(30):
        await again
    assert model.asked == ["a", "b"]


async def test_a_wave_that_must_wait_is_answered_as_far_as_it_can_be(database: Database) -> None:
    """Calls beside one that another process makes are made, and replayed when it is taken up."""
    model = FakeModel(held=asyncio.Event())
    first = asyncio.create_task(gateway(database, model).ask_all(SCOPE, [request("a")]))
    await model.until_asked()
    with pytest.raises(TransientError):
        await gateway(database, FakeModel()).ask_all(SCOPE, [request("a"), request("b")])
    assert [state for state, _, _ in await states(database)] == ["sent", "answered"]
    assert model.held is not None
    model.held.set()
    await first


async def test_an_erased_answer_is_bought_anew_and_not_repaired(database: Database) -> None:
    """What was purged with its video is no bad answer: the question is asked as if it were new."""
    model = FakeModel()
    await gateway(database, model).ask_all(SCOPE, [request("a")])
    async with database.transaction() as session:
        await erase_answers(session, "video", [1])
    await gateway(database, model).ask_all(SCOPE, [request("a")])
    assert model.asked == ["a", "a"]
    assert await states(database) == [("answered", False, 0), ("answered", True, 1)]
