"""Recordings to mentions, outlooks and stances, through real SQL."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from footnoted.db.engine import make_engine
from footnoted.db.reading_role import ROLE, ensure_reading_role
from footnoted.db.session import Database
from footnoted.db.shared_url import shared_url
from footnoted.errors import ConfigurationError
from footnoted.llm.extractive import answer_task
from footnoted.pipeline.orders.order import output_sha256
from footnoted.profiles.stocks.history.store import read_mentions, read_timelines
from footnoted.profiles.stocks.history.wanted import Wanted
from footnoted.profiles.stocks.store import live_moments
from footnoted.prompting import parse_prompt
from footnoted.search.port import Document
from footnoted.stages.port import StageContext
from tests.fakes.asker import FakeAsker
from tests.fakes.stocks import make_stocks
from tests.fakes.workshop import Recording, Workshop, transcript_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from footnoted.profiles.stocks.types import MentionRow

SAID = (
    "So today Lena and I talk about palanteer stock.",
    "Palanteer reported last night and I'm buying more of it.",
    "I own Robinhood shares for the next ten years.",
    "Anybody who says IT is over should look ON the bright side.",
    "I think the stock market goes to all-time highs from here and then higher.",
    "I am bullish on the S&P 500 because the economy is much stronger than people think.",
)
HISTORY = (
    ("I'm buying Nvidia here for the long term.", "Nothing else is worth a word today."),
    ("I bought some Nvidia again, dear friends.", "Nvidia is a strong buy."),
    ("I sold all of my Nvidia, every single share.", "And I own Tesla shares instead."),
    ("Tesla again, I own it and I hold it.", "My Tesla shares are for the years."),
    ("We talk about gardening and about bread.", "And about nothing else."),
)


def _shop(database: Database, model: str = "extractive") -> Workshop:
    return Workshop(database, make_stocks(model), FakeAsker(answer_task, name="extractive"))


async def _open(url: str) -> Database:
    return Database(make_engine(url, application_name="test", pool_size=5, max_overflow=5))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return a database of one's own."""
    engine = make_engine(database_url, application_name="test")
    yield Database(engine)
    await engine.dispose()


async def _mentions(database: Database, as_of: datetime | None = None) -> list[MentionRow]:
    async with database.transaction() as session:
        return list(await read_mentions(session, Wanted(as_of=as_of)))


async def test_a_recording_becomes_mentions_and_an_outlook_that_play(database: Database) -> None:
    """Symbols are resolved, words that are symbols are not; everything resolves and is found."""
    shop = _shop(database)
    video = await shop.add(Recording("friday", SAID))
    await shop.process(video)
    found = await _mentions(database)
    told = [(one.symbol, one.action, one.horizon, one.resolution.value) for one in found]
    assert told == [
        ("PLTR", "add", None, "misheard"),
        ("HOOD", "hold", "years", "named"),
        ("SPX", None, None, "named"),
    ]
    assert found[0].url == "https://video.example/watch?v=friday&t=4"
    assert (found[0].heard_as, found[0].resolution_score) == ("Palanteer", 0.82)
    outlook = await shop.rows("SELECT direction FROM stock_outlooks WHERE superseded_at IS NULL")
    assert [row.direction for row in outlook] == ["bullish"]
    report = await shop.verify()
    async with database.transaction() as session:
        live = await live_moments(session)
    assert (report.holds, report.moments) == (True, len(live))
    documents = [
        Document.model_validate(row.body)
        for row in await shop.rows("SELECT body FROM documents WHERE kind = 'moment'")
    ]
    assert {one.category for one in documents} == {"PLTR", "HOOD", "SPX", "outlook"}


async def test_the_past_stays_as_it_was_known(database: Database) -> None:
    """What is not said any more is superseded; what comes back is known anew, not all along."""
    shop = _shop(database)
    video = await shop.add(Recording("friday", SAID))
    await shop.process(video)
    before = await _mentions(database)
    first = before[0].known_at
    await shop.process(video)
    assert await _mentions(database) == before, "the same again changes nothing"
    await shop.transcribe(video, transcript_of(SAID[2:]))
    await shop.process(video)
    between = await shop.scalar("SELECT clock_timestamp()")
    assert [one.symbol for one in await _mentions(database)] == ["HOOD", "SPX"]
    await shop.transcribe(video, transcript_of((*SAID[:3], "This is the third version.")))
    await shop.process(video)
    assert [one.symbol for one in await _mentions(database)] == ["PLTR", "HOOD"]
    assert [one.symbol for one in await _mentions(database, first)] == ["PLTR", "HOOD", "SPX"]
    assert [one.symbol for one in await _mentions(database, between)] == ["HOOD", "SPX"]
    lives = await shop.rows("""
      SELECT superseded_at IS NULL AS is_live FROM footnoted_v1_mentions
      WHERE symbol = 'PLTR' ORDER BY known_at""")
    assert [row.is_live for row in lives] == [False, True]
    assert (await shop.verify()).holds


async def test_a_row_says_what_a_person_had_its_recording_read_with(database: Database) -> None:
    """Not what is configured or may answer too; what is found is the same whoever was asked."""
    shop = _shop(database, "usual>fallback")
    video = await shop.add(Recording("friday", SAID))
    await shop.process(video)
    own = parse_prompt("mention (set for this item)", "Mine.\n=== user ===\n{{transcript}}")
    other = FakeAsker(answer_task, name="other")
    found: list[tuple[str, str]] = []
    for stage, table in (
        (shop.profile.video_stages[2], "stock_mentions"),
        (shop.profile.video_stages[3], "stock_outlooks"),
    ):
        await shop.rows(f"DELETE FROM {table} RETURNING id")  # noqa: S608 - a constant
        prompts = {**shop.profile.prompts, stage.name: own}
        async with database.transaction() as session:
            given = await stage.load(session, video)
        usual = await stage.run(given, StageContext(shop.asker, shop.profile.prompts))
        out = await stage.run(given, StageContext(other, prompts, "other>another"))
        assert output_sha256(out) == output_sha256(usual)
        async with database.transaction() as session:
            await shop.save(session, stage, video, out)
        found += await shop.rows(f"SELECT DISTINCT model, prompt_sha256 FROM {table}")  # noqa: S608 - the same
    assert [tuple(row) for row in found] == [("other", own.sha256)] * 2


async def _timelines(database: Database) -> list[str]:
    async with database.transaction() as session:
        found = await read_timelines(session, Wanted())
    hidden = {"video_id": True}
    return [
        one.model_dump_json(
            exclude={
                "points": {"__all__": hidden},
                "events": {"__all__": {"point": hidden, "last": hidden}},
            }
        )
        for one in found
    ]


@pytest.fixture
def three_databases(template_database: str, new_database: Callable[[str], str]) -> list[str]:
    """Return the URLs of three databases with the schema and no rows."""
    return [new_database(template_database) for _ in range(3)]


async def test_stances_follow_from_the_recordings_there_are(three_databases: list[str]) -> None:
    """In any order of arrival, and with one that came and went: the same timelines, and as SQL."""
    told = [
        Recording(f"talk-{number}", lines, creator="Ada", day=number)
        for number, lines in enumerate(HISTORY)
    ]
    passing = Recording("gone", ("I'm shorting Nvidia and Tesla.", "I sold my Tesla."), "Ada", 2)
    results: list[list[str]] = []
    orders = itertools.islice(itertools.permutations(told), 0, 120, 40)
    for url, order in zip(three_databases, orders, strict=True):
        shop = _shop(await _open(url))
        removed = await shop.add(passing) if results else None
        for number, recording in enumerate(order):
            await shop.process(await shop.add(recording))
            if removed is not None and number == 1:
                await shop.process(removed)
            if removed is not None and number == 3:
                await shop.remove(removed)
        results.append(await _timelines(shop.database))
        stances = await shop.rows("""
          SELECT symbol, action FROM footnoted_v1_stances_as_of(now())
          ORDER BY published_at, symbol""")
        assert [tuple(row) for row in stances] == [
            ("NVDA", "buy"),
            ("NVDA", "buy"),
            ("NVDA", "sell"),
            ("TSLA", "hold"),
            ("TSLA", "hold"),
        ]
    assert results[1:] == results[:1] * (len(results) - 1)
    assert ['"kind":"flip"' in one for one in results[0]] == [True, False]


async def test_other_programs_read_the_views_and_nothing_else(database_url: str) -> None:
    """The role is made when asked for, reads the views, and neither looks nor writes beyond."""
    shop = _shop(await _open(database_url))
    await shop.process(await shop.add(Recording("friday", SAID)))
    await ensure_reading_role(shop.database)
    await ensure_reading_role(shop.database)
    reader = await _open(shared_url(database_url, role=ROLE))
    asked = Workshop(reader, shop.profile, shop.asker)
    found = await asked.rows("""
      SELECT symbol, second, model, length(prompt_sha256) AS hashed, published_at, known_at
      FROM footnoted_v1_mentions_as_of(now()) ORDER BY first_cue""")
    assert [(row.symbol, row.second, row.model, row.hashed) for row in found] == [
        ("PLTR", 4, "extractive", 64),
        ("HOOD", 8, "extractive", 64),
        ("SPX", 20, "extractive", 64),
    ]
    assert all(row.published_at is not None and row.known_at is not None for row in found)
    with pytest.raises(Exception, match="permission denied"):
        await asked.rows("SELECT * FROM evidence")
    with pytest.raises(Exception, match="read-only transaction"):
        await asked.rows("CREATE TEMP TABLE t (a int)")


async def test_an_account_that_may_make_no_roles_is_told_what_to_ask_for(
    database_url: str,
) -> None:
    """In one sentence, and nothing is half done."""
    shop = _shop(await _open(database_url))
    async with shop.database.transaction() as session:
        await session.execute(text("DROP ROLE IF EXISTS test_plain"))
        await session.execute(text("CREATE ROLE test_plain LOGIN"))
    plain = await _open(shared_url(database_url, role="test_plain"))
    with pytest.raises(ConfigurationError, match=f"CREATE ROLE {ROLE} LOGIN"):
        await ensure_reading_role(plain)
    async with shop.database.transaction() as session:
        await session.execute(text("DROP ROLE test_plain"))
