"""Sources that fell silent are told of, once, until they are heard of again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.pipeline.alerts.silence import Silence
from tests.fakes.clock import START, FakeClock
from tests.fakes.machine import rows_of

if TYPE_CHECKING:
    from footnoted.db.session import Database

SOURCES = """
  INSERT INTO sources (id, kind, locator, title, poll_interval_s, status, next_poll_at, paused)
  OVERRIDING SYSTEM VALUE VALUES
    (1, 'feed', 'a', 'The Pod', 60, 'followed', :at, false),
    (2, 'feed', 'b', 'Paused', 60, 'followed', :at, true),
    (3, 'folder', 'c', 'Meetings', 60, 'followed', :at, false),
    (4, 'folder', 'd', 'Archive', 60, 'followed', :at, false) RETURNING id
"""
ITEM = """
  INSERT INTO source_items (source_id, key, title, published_at, state, seen_at)
  VALUES (:source, :key, 'x', :at, 'taken', :at) RETURNING id
"""

FILE = """
  INSERT INTO media (identity, creator_id, source_id, title, created_at)
  VALUES (:key, :creator, :source, 'x', :at) RETURNING id
"""


async def test_a_source_that_fell_silent_is_one_alert(database: Database) -> None:
    """A weekly show after a month; its next episode ends it. A paused one is meant to be silent."""
    await rows_of(database, SOURCES, at=START)
    for source in (1, 2):
        for week in range(5):
            at = START - timedelta(days=30 + 7 * week)
            await rows_of(database, ITEM, source=source, key=str(week), at=at)
    clock = FakeClock()
    told = "SELECT concerns, message FROM alerts WHERE resolved_at IS NULL"
    await Silence(database, clock).look()
    await Silence(database, clock).look()
    silent = await rows_of(database, told)
    await rows_of(database, ITEM, source=1, key="new", at=START - timedelta(days=1))
    await Silence(database, clock).look()
    assert [(row[0], row[1].partition(",")[0]) for row in silent] == [
        ("source 1", "The Pod has published nothing for 30 days")
    ]
    assert await rows_of(database, told) == []


async def test_a_folder_that_fell_silent_is_one_alert(database: Database) -> None:
    """What was saved to it every week, and no more; what was filled in one day has no rhythm."""
    await rows_of(database, SOURCES, at=START)
    maker = "INSERT INTO creators (slug, name) VALUES ('ada', 'Ada') RETURNING id"
    creator = (await rows_of(database, maker))[0].id
    for turn in range(5):
        weekly = START - timedelta(days=30 + 7 * turn)
        at_once = START - timedelta(days=30, hours=2 * turn)
        for source, at in ((3, weekly), (4, at_once)):
            key = f"{source} {turn}"
            await rows_of(database, FILE, source=source, creator=creator, key=key, at=at)
    silence = Silence(database, FakeClock())
    told = "SELECT concerns, message FROM alerts WHERE resolved_at IS NULL"
    await silence.look()
    silent = await rows_of(database, told)
    await rows_of(database, FILE, source=3, creator=creator, key="new", at=START)
    await silence.look()
    assert [(row[0], row[1].partition(",")[0]) for row in silent] == [
        ("source 3", "Meetings has had nothing new for 30 days")
    ]
    assert await rows_of(database, told) == []
