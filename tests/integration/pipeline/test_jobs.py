"""What `footnoted jobs` lists: looks at sources and transcriptions, by how they stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.pipeline.reports.jobs.store import JobFilter, JobKind, JobState, read_jobs
from tests.fakes.machine import rows_of

if TYPE_CHECKING:
    from footnoted.db.session import Database
    from footnoted.pipeline.reports.jobs.store import JobLine

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

SOURCES = """
  INSERT INTO sources (id, kind, locator, title, poll_interval_s, status, next_poll_at, paused,
                       lease_owner, lease_expires_at, wait_reason, not_before)
  OVERRIDING SYSTEM VALUE VALUES
    (1, 'feed', 'a', 'planned', 60, 'followed', :later, false, NULL, NULL, NULL, NULL),
    (2, 'feed', 'b', 'looked at', 60, 'due', :now, false, gen_random_uuid(), :later, NULL, NULL),
    (3, 'feed', 'c', 'away', 60, 'due', :now, false, NULL, NULL, 'host_unreachable', :later),
    (4, 'feed', 'd', 'paused', 60, 'followed', :now, true, NULL, NULL, NULL, NULL)
  RETURNING id
"""
TRANSCRIPTIONS = """
  WITH creator AS (INSERT INTO creators (slug, name) VALUES ('a', 'a') RETURNING id),
  recording AS (
    INSERT INTO media (id, identity, creator_id, title) OVERRIDING SYSTEM VALUE
    SELECT n, 'm' || n, creator.id, 'talk ' || n FROM creator, generate_series(11, 14) n
    RETURNING id)
  INSERT INTO transcriptions (media_id, source_id, status, next_check_at, lease_owner,
                              lease_expires_at, wait_reason, wait_detail, not_before)
  SELECT id, 1,
    CASE id WHEN 11 THEN 'wanted' WHEN 12 THEN 'obtained' ELSE 'heard' END,
    CASE id WHEN 13 THEN CAST(:later AS timestamptz) END,
    CASE id WHEN 12 THEN gen_random_uuid() END,
    CASE id WHEN 12 THEN CAST(:past AS timestamptz) END,
    CASE id WHEN 11 THEN 'captions_pending' END,
    CASE id WHEN 11 THEN 'there are none yet' END,
    CASE id WHEN 11 THEN CAST(:later AS timestamptz) END
  FROM recording RETURNING media_id
"""


@pytest.fixture
async def jobs(database: Database) -> Database:
    """Return a database with a job of every kind and state; a dead process holds one lease."""
    times = {"now": NOW, "later": NOW + HOUR}
    await rows_of(database, SOURCES, **times)
    await rows_of(database, TRANSCRIPTIONS, later=NOW + HOUR, past=NOW - HOUR)
    return database


async def listed(database: Database, limit: int = 50, **wanted: Any) -> list[JobLine]:
    """Return the jobs that a filter lets through."""
    async with database.transaction() as session:
        return await read_jobs(session, JobFilter.model_validate(wanted), NOW, limit)


async def test_jobs_are_told_by_how_they_stand(jobs: Database) -> None:
    """What is worked on, then what is next; paused sources and what is over are none."""
    found = [(line.kind, line.item_id, line.state) for line in await listed(jobs)]
    assert found == [
        (JobKind.POLL, 2, JobState.ACTIVE),
        (JobKind.TRANSCRIPTION, 12, JobState.QUEUED),
        (JobKind.POLL, 3, JobState.WAITING),
        (JobKind.TRANSCRIPTION, 11, JobState.WAITING),
        (JobKind.POLL, 1, JobState.PLANNED),
        (JobKind.TRANSCRIPTION, 13, JobState.PLANNED),
    ]


async def test_a_wait_says_why_and_until_when(jobs: Database) -> None:
    """As the video that waits for it does."""
    (line,) = await listed(jobs, media_id=11)
    told = (line.title, line.step, line.at, line.reason, line.detail)
    assert told == ("talk 11", "wanted", NOW + HOUR, "captions_pending", "there are none yet")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"source_id": 1}, {1, 11, 12, 13}),
        ({"source_id": 2}, {2}),
        ({"media_id": 13}, {13}),
        ({"state": "waiting"}, {3, 11}),
        ({"source_id": 1, "state": "planned"}, {1, 13}),
    ],
)
async def test_jobs_are_filtered(
    jobs: Database, wanted: dict[str, Any], expected: set[int]
) -> None:
    """By source, recording and state; a source's jobs are its look and its transcriptions."""
    assert {line.item_id for line in await listed(jobs, **wanted)} == expected


async def test_at_most_so_many_are_listed(jobs: Database) -> None:
    """The first of them."""
    assert [line.item_id for line in await listed(jobs, limit=2)] == [2, 12]
