"""Documents and the outbox on a real PostgreSQL."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from footnoted.db.tables import documents, pages, videos
from footnoted.search import store
from footnoted.search.documents import PageFacts, page_document
from footnoted.search.port import DocumentKind
from footnoted.search.store import Owner, Replaced

if TYPE_CHECKING:
    from tests.integration.search.conftest import Library

ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)


async def settle(library: Library) -> None:
    """Empty the outbox."""
    async with library.database.transaction() as session:
        await store.forget_outbox(session, await store.take_outbox(session, 1000))


async def test_a_stored_document_comes_back_as_it_was(library: Library) -> None:
    """Every field survives the round trip."""
    document = library.window(
        1,
        "été 東京 'quoted'",
        title="t",
        start_ms=1,
        end_ms=2,
        language="fr",
        category="c",
        tags=("a", "b"),
        tools=("x",),
        speakers=("Å",),
        source_id=9,
        published_at=datetime(2024, 6, 1, tzinfo=UTC),
    )
    await library.put(document)
    async with library.database.transaction() as session:
        found = await store.documents_by_id(session, [ONE, TWO])
    assert {key: stored.document for key, stored in found.items()} == {ONE: document}


async def test_replacing_with_the_same_touches_nothing(library: Library) -> None:
    """Equal rows are not written, so nothing is indexed again."""
    await library.put(library.window(1, "a"), library.window(2, "b"))
    await settle(library)
    again = await library.put(library.window(1, "a"), library.window(2, "b"))
    assert (again, await library.waiting()) == (Replaced(written=0, removed=0), set())


async def test_replacing_writes_what_differs_and_removes_what_left(library: Library) -> None:
    """One changed, one new, one gone, one equal: three are noted for the index."""
    await library.put(*(library.window(number, "a") for number in (1, 2, 3)))
    await settle(library)
    replaced = await library.put(
        library.window(1, "a"), library.window(2, "changed"), library.window(4, "new")
    )
    assert replaced == Replaced(written=2, removed=1)
    assert await library.waiting() == {TWO, THREE, UUID(int=4)}


async def test_replacing_leaves_other_videos_and_kinds_alone(library: Library) -> None:
    """The diff is within one owner and kind."""
    await library.put(library.window(1, "a"))
    await library.put(library.window(2, "b", video=1), video=1)
    async with library.database.transaction() as session:
        owner = Owner(video_id=library.video_ids[0])
        await store.replace_documents(session, [], owner=owner, kind=DocumentKind.MOMENT)
        assert await store.document_ids(session) == {ONE, TWO}


async def test_a_document_of_another_owner_is_refused(library: Library) -> None:
    """A wrong owner is a bug in the caller."""
    with pytest.raises(ValueError, match="is not a window of"):
        await library.put(library.window(1, "a", video=1), video=0)


async def test_what_postgresql_cannot_hold_is_replaced(library: Library) -> None:
    """NUL characters and lone surrogates do not fail a save."""
    await library.put(library.window(1, "a\x00b", tags=("x\ud800",)))
    async with library.database.transaction() as session:
        stored = (await store.documents_by_id(session, [ONE]))[ONE]
    assert (stored.document.text, stored.document.tags) == ("a\ufffdb", ("x\ufffd",))


async def test_a_deleted_video_notes_its_documents(library: Library) -> None:
    """A cascade reaches the outbox though no statement names the documents."""
    await library.put(library.window(1, "a"), library.window(2, "b"))
    await library.put(library.window(3, "c", video=1), video=1)
    await settle(library)
    async with library.database.transaction() as session:
        await session.execute(delete(videos).where(videos.c.id == library.video_ids[0]))
    assert await library.waiting() == {ONE, TWO}


async def test_a_deleted_page_notes_its_document(library: Library) -> None:
    """Pages cascade too."""
    facts = PageFacts(library.page_id, "techniques", "Ann", "A page", "About it.", "It is.")
    document = page_document(facts)
    async with library.database.transaction() as session:
        owner = Owner(page_id=library.page_id)
        await store.replace_documents(session, [document], owner=owner, kind=DocumentKind.PAGE)
    await settle(library)
    async with library.database.transaction() as session:
        await session.execute(delete(pages).where(pages.c.id == library.page_id))
    assert await library.waiting() == {document.id}


async def test_a_rolled_back_save_notes_nothing(library: Library) -> None:
    """The outbox is written in the transaction of the change."""
    connection = library.database.transaction()
    session = await connection.__aenter__()
    await store.replace_documents(
        session,
        [library.window(1, "a")],
        owner=Owner(video_id=library.video_ids[0]),
        kind=DocumentKind.WINDOW,
    )
    with suppress(RuntimeError):
        await connection.__aexit__(RuntimeError, RuntimeError(), None)
    assert await library.waiting() == set()


async def test_recent_documents_come_newest_first(library: Library) -> None:
    """Age is that of the first save; a later change does not make a document new."""
    await library.put(library.window(1, "old"), library.window(2, "a"), library.window(3, "b"))
    now = datetime.now(UTC)
    async with library.database.transaction() as session:
        for number, hours in ((1, 48), (2, 2), (3, 1)):
            await session.execute(
                update(documents)
                .where(documents.c.id == UUID(int=number))
                .values(created_at=now - timedelta(hours=hours)),
            )
    await library.put(
        library.window(1, "old, changed"), library.window(2, "a"), library.window(3, "b")
    )
    async with library.database.transaction() as session:
        since = now - timedelta(hours=24)
        recent = await store.recent_documents(session, since)
        none = await store.recent_documents(session, since, kinds=[DocumentKind.PAGE])
    assert ([made.document.id for made in recent], none) == ([THREE, TWO], [])
    assert recent[0].at == now - timedelta(hours=1)


async def test_the_state_of_the_outbox_says_how_far_the_index_is_behind(library: Library) -> None:
    """Size and age are what doctor shows."""
    async with library.database.transaction() as session:
        empty = await store.outbox_state(session)
    await library.put(library.window(1, "a"))
    async with library.database.transaction() as session:
        behind = await store.outbox_state(session)
    assert (empty.size, empty.oldest_at, behind.size) == (0, None, 1)
    assert behind.oldest_at is not None


async def test_documents_are_paged_in_the_order_of_ids(library: Library) -> None:
    """A rebuild reads every document once."""
    await library.put(*(library.window(number, "a") for number in (5, 1, 3)))
    async with library.database.transaction() as session:
        first = await store.documents_after(session, None, limit=2)
        rest = await store.documents_after(session, first[-1].document.id, limit=2)
    assert [stored.document.id.int for stored in (*first, *rest)] == [1, 3, 5]
