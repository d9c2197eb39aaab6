"""The calls of an item, with what is shown of their texts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, text

from footnoted.db.tables import creators, llm_calls, page_groups
from footnoted.ledger.listing.store import CallsQuery, calls_of, has_item, page_groups_of
from tests.fakes.clock import START
from tests.fakes.machine import add_videos

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.db.session import Database
    from footnoted.ledger.listing.call import CallLine

LONG = "word " * 100


async def journal(database: Database, number: int, **columns: Any) -> None:
    """Journal a call about video 1."""
    values = {
        "request_sha256": str(number),
        "item_kind": "video",
        "item_id": 1,
        "stage": "extract",
        "label": f"topic-{number}",
        "model": "claude",
        "prompt_sha256": "p",
        "state": "reserved",
        "reserved_usd": Decimal("0.5"),
        "reserved_at": START.replace(minute=number),
    }
    async with database.transaction() as session:
        await session.execute(insert(llm_calls).values({**values, **columns}))


async def answered(database: Database, number: int, **columns: Any) -> None:
    """Journal a call with its answer."""
    values = {
        "state": "answered",
        "usable": True,
        "answer": LONG,
        "cost_usd": Decimal("0.25"),
        "usage": {"input_tokens": 7, "output_tokens": 3},
        "stop_reason": "end_turn",
        "provider_request_id": "req_1",
        "sent_at": START,
        "answered_at": START.replace(second=2, microsecond=500_000),
    }
    await journal(database, number, **{**values, **columns})


async def listed(
    database: Database, *, ids: Sequence[int] = (1,), limit: int = 10, full: bool = False
) -> list[CallLine]:
    """Return the calls of videos."""
    async with database.transaction() as session:
        return await calls_of(session, CallsQuery("video", ids, limit, is_full=full))


async def test_a_call_is_told_with_tokens_cost_and_time(database: Database) -> None:
    """And the first two hundred characters of what was said."""
    await answered(database, 1, prompt_preview="What?", served_by="claude-2")
    (call,) = await listed(database)
    assert (call.stage, call.label, call.model, call.served_by, call.state) == (
        "extract",
        "topic-1",
        "claude",
        "claude-2",
        "answered",
    )
    assert (call.usage, call.cost_usd, call.latency_s, call.provider_request_id) == (
        {"input_tokens": 7, "output_tokens": 3},
        Decimal("0.25"),
        2.5,
        "req_1",
    )
    assert (call.prompt, call.answer, call.is_captured) == ("What?", LONG[:200], False)


async def test_whole_texts_are_told_where_they_were_kept(database: Database) -> None:
    """Else the first words of the prompt, which always are."""
    await answered(database, 1, prompt_preview="word", prompt_text=LONG)
    await answered(database, 2, prompt_preview="word")
    calls = await listed(database, full=True)
    assert [(call.is_captured, call.prompt, call.answer) for call in calls] == [
        (True, LONG, LONG),
        (False, "word", LONG),
    ]


async def test_what_went_wrong_is_told(database: Database) -> None:
    """An answer that cannot be used, and a call that has none."""
    await answered(database, 1, usable=False, unusable_code="truncated", unusable_reason="cut")
    await journal(database, 2, state="unknown", fault_code="connection_reset", usage=None)
    first, second = await listed(database)
    assert (first.usable, first.unusable_code, first.unusable_reason) == (False, "truncated", "cut")
    assert (second.state, second.fault_code, second.cost_usd, second.latency_s, second.usage) == (
        "unknown",
        "connection_reset",
        None,
        None,
        {},
    )


async def test_the_newest_are_listed_oldest_first(database: Database) -> None:
    """Those of other items are not among them."""
    for number in (1, 2, 3):
        await journal(database, number)
    await journal(database, 4, item_id=2)
    await journal(database, 5, item_kind="page_group")
    assert [call.label for call in await listed(database, limit=2)] == ["topic-2", "topic-3"]
    assert len(await listed(database, ids=[1, 2])) == 4


async def test_page_groups_are_found_by_their_creator(database: Database) -> None:
    """By name or slug, whatever the case; an item that is gone is known by its calls."""
    async with database.transaction() as session:
        creator = await session.scalar(
            insert(creators).values(slug="knot", name="Knot and Grain").returning(creators.c.id)
        )
        for category in ("Wood", "Tools"):
            await session.execute(
                insert(page_groups).values(
                    profile="p", creator_id=creator, category=category, status="stale"
                )
            )
        every = await page_groups_of(session, "knot and GRAIN", None)
        one = await page_groups_of(session, "KNOT", "tools")
        assert (len(every), one, await page_groups_of(session, "nobody", None)) == (
            2,
            every[1:],
            [],
        )
        assert await has_item(session, "page_group", every[0])
        assert not await has_item(session, "page_group", 99)
    (video,) = await add_videos(database, 1)
    await journal(database, 1, item_id=77)
    async with database.transaction() as session:
        known = [await has_item(session, "video", item) for item in (video, 77, 78)]
    assert known == [True, True, False]


async def test_what_heard_a_recording_is_listed_with_its_videos(database: Database) -> None:
    """A transcription is an item of its own; whoever asks for a video wants its calls too."""
    (video,) = await add_videos(database, 1)
    async with database.transaction() as session:
        heard = await session.scalar(
            text("""INSERT INTO transcriptions (media_id, status)
                    SELECT media_id, 'heard' FROM videos WHERE id = :id RETURNING id"""),
            {"id": video},
        )
    await journal(database, 1, item_id=video)
    await journal(database, 2, item_kind="transcription", item_id=heard, stage="listen")
    await journal(database, 3, item_kind="transcription", item_id=heard + 1, stage="listen")
    assert [call.stage for call in await listed(database, ids=[video])] == ["extract", "listen"]
