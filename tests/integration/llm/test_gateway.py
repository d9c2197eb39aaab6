"""Through the gateway, an answered call is never made again and no answer is lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import ContractViolationError, TransientError
from footnoted.ledger import store
from footnoted.llm.gateway import CallScope, Gateway
from footnoted.llm.port import ModelRequest
from footnoted.llm.tasks import SegmentAnswer, SegmentTask
from footnoted.prompting import RenderedPrompt
from tests.fakes.clock import FakeClock
from tests.fakes.machine import rows_of
from tests.fakes.model import FakeModel

if TYPE_CHECKING:
    from footnoted.db.session import Database

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
    return Gateway(database, model, FakeClock())


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
    assert (len(found), model.asked) == (2, ["b"])


async def test_equal_requests_of_two_items_at_once_are_one_call(database: Database) -> None:
    """Who comes second waits for the first and finds its answer."""
    model = FakeModel(held=asyncio.Event())
    shared = gateway(database, model)
    first = asyncio.create_task(shared.ask_all(SCOPE, [request("a", "x")]))
    other = CallScope("video", 2, "segment")
    second = asyncio.create_task(shared.ask_all(other, [request("b", "x"), request("c")]))
    await asyncio.sleep(0.1)
    assert model.held is not None
    model.held.set()
    async with asyncio.timeout(5):
        await asyncio.gather(first, second)
    assert sorted(model.asked) == ["a", "c"]


async def test_a_call_another_process_is_making_is_waited_for(database: Database) -> None:
    """A sent row without an answer may be billed: it is not sent again."""
    model = FakeModel(held=asyncio.Event())
    first = asyncio.create_task(gateway(database, model).ask_all(SCOPE, [request("a")]))
    await asyncio.sleep(0.1)
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
    await asyncio.sleep(0.1)
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
