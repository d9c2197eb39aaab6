"""One creator under two names: recordings, groups, pages and addresses move together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from footnoted.clock import SystemClock
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.errors import UsageError
from footnoted.knowledge.library.store import find_pages, list_pages
from footnoted.ledger.listing.store import page_groups_of
from footnoted.pipeline.controls.creators.creators import (
    list_creators,
    merge_creators,
    rename_creator,
)
from footnoted.search.port import Filters, Hit, Query
from footnoted.search.query import search
from footnoted.sources.recordings.store import creator_id
from tests.fakes.asker import FakeAsker
from tests.fakes.techniques import make_profile
from tests.fakes.whim import answer_by_whim
from tests.fakes.workshop import EPOCH, Recording, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable

CLOCK = SystemClock()
ONE = Recording(
    "one",
    ("Let the bread rise until it has doubled", "A sauce needs salt before anything else"),
    creator="Ada",
)
TWO = Recording(
    "two",
    ("Bake the bread with steam for ten minutes", "Tune the kick to the key of the song"),
    creator="Lovelace",
    day=1,
)


@pytest.fixture
def other_database(template_database: str, new_database: Callable[[str], str]) -> str:
    """Return the URL of another database with the schema and no rows."""
    return new_database(template_database)


async def _made(workshop: Workshop, *recordings: Recording) -> list[int]:
    ids = [await workshop.add(recording) for recording in recordings]
    for video in ids:
        await workshop.process(video)
    await workshop.compose()
    return ids


async def test_a_merge_makes_what_one_creator_would_have_from_the_start(
    workshop: Workshop, other_database: str
) -> None:
    """The same claims with the same support, once nothing is due; and no question is new."""
    workshop.asker = merged = FakeAsker(answer_by_whim)
    await _made(workshop, ONE, TWO)
    known = {(one.prompt.user, one.prompt.system) for wave in merged.waves for one in wave}
    done = await merge_creators(workshop.database, "Lovelace", "ada", clock=CLOCK)
    await workshop.compose()
    asked = {(one.prompt.user, one.prompt.system) for wave in merged.waves for one in wave}
    engine = make_engine(other_database, application_name="test")
    fresh = Workshop(Database(engine), make_profile(), FakeAsker(answer_by_whim))
    await _made(fresh, ONE, _by_ada(TWO))
    assert (done.gone, done.creator.name, done.joined_groups) == ("Lovelace", "Ada", 1)
    assert await workshop.claims() == await fresh.claims()
    assert all("first" in user or (user, system) in known for user, system in asked)
    assert (await workshop.verify()).holds
    await engine.dispose()


def _by_ada(recording: Recording) -> Recording:
    return Recording(recording.name, recording.lines, creator="Ada", day=recording.day)


async def test_old_names_and_addresses_lead_on(workshop: Workshop) -> None:
    """Pages of both are found under the new name, under the old one, and by their slugs."""
    await _made(workshop, ONE, TWO)
    before = {page.slug for page in await _pages(workshop)}
    await merge_creators(workshop.database, "Lovelace", "Ada", clock=CLOCK)
    await workshop.compose()
    async with workshop.database.transaction() as session:
        found = {slug: len(await find_pages(session, slug, creator="Ada")) for slug in before}
        by_old_name = await find_pages(session, "drums-and-bass", creator="lovelace")
        again = await creator_id(session, "LOVELACE", EPOCH)
    (creator,) = await list_creators(workshop.database)
    assert found == dict.fromkeys(before, 1)
    assert len(by_old_name) == 1
    assert again == creator.id
    assert (creator.recordings, creator.aliases) == (2, ("Lovelace",))
    names = await workshop.rows("SELECT DISTINCT body->>'creator' AS name FROM documents")
    assert [row.name for row in names] == ["Ada"]


async def _pages(workshop: Workshop) -> list[object]:
    async with workshop.database.transaction() as session:
        return list(await list_pages(session))


async def test_two_pages_at_one_address_both_keep_one(workshop: Workshop) -> None:
    """Nothing is written over before they are composed together."""
    await _made(workshop, ONE, TWO)
    await merge_creators(workshop.database, "Lovelace", "Ada", clock=CLOCK)
    slugs = await workshop.rows("SELECT slug FROM pages WHERE retired_at IS NULL ORDER BY slug")
    assert [row.slug for row in slugs] == [
        "bread-and-dough",
        "bread-and-dough-lovelace",
        "drums-and-bass",
        "sauces-and-seasoning",
    ]


async def test_a_rename_changes_what_is_shown_and_nothing_else(workshop: Workshop) -> None:
    """No group is due, documents say the new name, and files that say the old one mean it."""
    await _made(workshop, ONE)
    claims = await workshop.claims()
    done = await rename_creator(workshop.database, "ada", "Ada Lovelace", clock=CLOCK)
    due = await workshop.compose()
    names = await workshop.rows("SELECT DISTINCT body->>'creator' AS name FROM documents")
    async with workshop.database.transaction() as session:
        again = await creator_id(session, "Ada", EPOCH)
        by_old_name = await find_pages(session, "bread-and-dough", creator="ada")
    assert (done.was, done.creator.slug, done.creator.aliases) == ("Ada", "ada-lovelace", ("Ada",))
    assert (due, [row.name for row in names]) == (0, ["Ada Lovelace"])
    assert {claim[1:] for claim in claims} == {claim[1:] for claim in await workshop.claims()}
    assert (again, len(by_old_name)) == (done.creator.id, 1)


async def test_a_name_can_be_taken_back_and_none_can_be_shared(workshop: Workshop) -> None:
    """A mistake is put right by renaming again; two creators of one name are a merge."""
    await _made(workshop, ONE, TWO)
    await rename_creator(workshop.database, "Ada", "Adda", clock=CLOCK)
    back = await rename_creator(workshop.database, "Adda", "Ada", clock=CLOCK)
    with pytest.raises(UsageError, match="creator merge ada lovelace"):
        await rename_creator(workshop.database, "Ada", "LOVELACE", clock=CLOCK)
    with pytest.raises(UsageError, match="the same creator already"):
        await merge_creators(workshop.database, "Ada", "adda", clock=CLOCK)
    with pytest.raises(UsageError, match="there is no creator 'Bo'"):
        await merge_creators(workshop.database, "Bo", "Ada", clock=CLOCK)
    assert (back.creator.slug, back.creator.aliases) == ("ada", ("Adda",))


async def test_whoever_works_meanwhile_loses_it_and_nothing_is_filed_wrongly(
    workshop: Workshop,
) -> None:
    """Leases of both creators' videos and groups end, their pinned inputs go."""
    one, two = [await workshop.add(recording) for recording in (ONE, TWO)]
    await workshop.process(one)
    async with workshop.database.transaction() as session:
        for table in ("videos", "page_groups"):
            await session.execute(
                text(f"""UPDATE {table} SET lease_owner = gen_random_uuid(),
                           lease_expires_at = now() + interval '1 hour'""")  # noqa: S608 - constants
            )
        await session.execute(
            text("""INSERT INTO work_orders (item_kind, item_id, stage, given, given_sha256, parts)
                    SELECT 'page_group', id, 'compose', '{}', 's', '{}' FROM page_groups""")
        )
    fences = await workshop.rows("SELECT id, fence FROM videos ORDER BY id")
    await merge_creators(workshop.database, "Lovelace", "Ada", clock=CLOCK)
    held = await workshop.rows("""
      SELECT (SELECT count(*) FROM videos WHERE lease_owner IS NOT NULL),
        (SELECT count(*) FROM page_groups WHERE lease_owner IS NOT NULL),
        (SELECT count(*) FROM work_orders WHERE closed_at IS NULL)""")
    after = await workshop.rows("SELECT id, fence FROM videos ORDER BY id")
    await workshop.process(two)
    await workshop.compose()
    assert tuple(held[0]) == (0, 0, 0)
    assert [row.fence for row in after] == [row.fence + 1 for row in fences]
    assert {claim[0] for claim in await workshop.claims()} == {"Ada"}
    assert await workshop.scalar("SELECT count(DISTINCT creator_id) FROM page_groups") == 1


class EmptyIndex:
    """Finds nothing, and notes whose documents it was asked for."""

    def __init__(self) -> None:
        """Begin with no question."""
        self.asked: list[str | None] = []

    async def query(self, query: Query) -> list[Hit]:
        """Return nothing."""
        self.asked.append(query.filters.creator)
        return []


async def test_a_filter_takes_the_names_that_a_creator_had(workshop: Workshop) -> None:
    """By name or address, whatever their case; a search is led to the name of today."""
    await _made(workshop, ONE)
    await rename_creator(workshop.database, "Ada", "Countess Ada", clock=CLOCK)
    index = EmptyIndex()
    for name in ("ADA", "countess-ada", "Bob"):
        query = Query(text="words", filters=Filters(creator=name))
        await search(workshop.database, index, query)  # type: ignore[arg-type]  # it only finds
    async with workshop.database.transaction() as session:
        groups = [await page_groups_of(session, name, None) for name in ("Ada", "Countess Ada")]
    assert index.asked == ["Countess Ada", "Countess Ada", "Bob"]
    assert groups[0] == groups[1] != []
