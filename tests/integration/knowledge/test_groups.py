"""Contributions to page groups: what is wanted, and what a composing group makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete

from footnoted.db.tables import videos
from footnoted.knowledge.groups.store import contribute, finish_group, retract_video
from tests.fakes.workshop import Recording

if TYPE_CHECKING:
    from tests.fakes.workshop import Workshop

EMPTY = Recording("empty", ())


async def _contribute(workshop: Workshop, video: int, now: set[str], touched: set[str]) -> None:
    async with workshop.database.transaction() as session:
        await contribute(session, video, now, touched)


async def _groups(workshop: Workshop) -> dict[str, tuple[str, int, int]]:
    rows = await workshop.rows("SELECT category, status, wanted, done FROM page_groups")
    return {row.category: (row.status, row.wanted, row.done) for row in rows}


async def test_joining_leaving_and_changing_each_want_the_group(workshop: Workshop) -> None:
    """A group that keeps equal moments is not composed again."""
    video = await workshop.add(EMPTY)
    await _contribute(workshop, video, {"a", "b", "c"}, set())
    await _contribute(workshop, video, {"b", "c", "d"}, {"c"})
    assert await _groups(workshop) == {
        "a": ("stale", 2, 0),
        "b": ("stale", 1, 0),
        "c": ("stale", 2, 0),
        "d": ("stale", 1, 0),
    }


async def test_a_group_wanted_while_it_was_composed_is_stale_again(workshop: Workshop) -> None:
    """`done` is what was loaded, so nothing that came meanwhile is forgotten."""
    video = await workshop.add(EMPTY)
    await _contribute(workshop, video, {"a"}, set())
    await _contribute(workshop, video, {"a"}, {"a"})
    async with workshop.database.transaction() as session:
        group = await workshop_group(workshop)
        is_overtaken = await finish_group(session, group, 1)
    assert is_overtaken
    assert await _groups(workshop) == {"a": ("stale", 2, 1)}
    assert await workshop.scalar("SELECT wanted_at IS NOT NULL FROM page_groups")


async def test_a_finished_group_forgets_since_when_it_was_wanted(workshop: Workshop) -> None:
    """`wanted_at` bounds how long pages wait, and starts again with the next wish."""
    video = await workshop.add(EMPTY)
    await _contribute(workshop, video, {"a"}, set())
    async with workshop.database.transaction() as session:
        is_overtaken = await finish_group(session, await workshop_group(workshop), 1)
    assert not is_overtaken
    assert await workshop.scalar("SELECT wanted_at IS NULL FROM page_groups")


async def workshop_group(workshop: Workshop) -> int:
    """Return the id of the only group."""
    return int(await workshop.scalar("SELECT id FROM page_groups"))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("failed", ("stale", None, 0)),
        ("quarantined", ("quarantined", "kills_process", 2)),
        ("cancelled", ("cancelled", "kills_process", 2)),
    ],
)
async def test_a_new_contribution_revives_what_failed_and_nothing_else(
    workshop: Workshop, status: str, expected: tuple[str, str | None, int]
) -> None:
    """What kills the process or was cancelled by a person stays until a person says otherwise."""
    video = await workshop.add(EMPTY)
    await _contribute(workshop, video, {"a"}, set())
    await workshop.rows(
        """UPDATE page_groups SET status = :status, failure_code = 'kills_process', attempts = 2
           RETURNING id""",
        status=status,
    )
    await _contribute(workshop, video, {"a"}, {"a"})
    rows = await workshop.rows("SELECT status, failure_code, attempts FROM page_groups")
    assert tuple(rows[0]) == expected


async def test_a_video_that_moves_to_another_creator_leaves_and_joins(workshop: Workshop) -> None:
    """The groups of both creators are wanted by the same call."""
    video = await workshop.add(EMPTY)
    other = await workshop.add(Recording("other", (), creator="Grace"))
    await _contribute(workshop, video, {"a"}, set())
    await workshop.rows(
        """UPDATE videos SET creator_id = (SELECT creator_id FROM videos WHERE id = :other)
           WHERE id = :id RETURNING id""",
        id=video,
        other=other,
    )
    await _contribute(workshop, video, {"a"}, set())
    rows = await workshop.rows("""
      SELECT c.name, g.wanted, count(n.video_id) AS videos FROM page_groups g
      JOIN creators c ON c.id = g.creator_id LEFT JOIN contributions n ON n.group_id = g.id
      GROUP BY c.name, g.wanted ORDER BY c.name""")
    assert [tuple(row) for row in rows] == [("Ada", 2, 0), ("Grace", 1, 1)]


async def test_a_claim_that_two_recordings_support_outlives_one(workshop: Workshop) -> None:
    """Only what nothing else supports goes at once; the page stays and holds."""
    line = "Let the bread rise until it has doubled"
    first = await workshop.add(Recording("one", (line, "Salt the bread dough at the very end")))
    second = await workshop.add(Recording("two", (line,), day=1))
    for video in (first, second):
        await workshop.process(video)
    await workshop.compose()
    async with workshop.database.transaction() as session:
        pages = await retract_video(session, first)
        await session.execute(delete(videos).where(videos.c.id == first))
    claims = await workshop.claims()
    assert len(pages) == 1
    assert [(claim[2], sorted(claim[3])) for claim in claims] == [(line, [("two", 0, line)])]
    assert (await workshop.verify()).holds
