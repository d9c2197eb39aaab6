"""What is published without support is taken back, composed anew, and then not found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from footnoted.clock import SystemClock
from footnoted.pipeline.alerts.store import open_alerts
from footnoted.pipeline.upkeep.upkeep import (
    Unsupported,
    Upkeep,
    find_unsupported,
    give_up_calls,
    mend_pages,
)
from tests.fakes.asker import FakeAsker
from tests.fakes.techniques import make_profile
from tests.fakes.workshop import Workshop

if TYPE_CHECKING:
    from footnoted.db.storage import Storage

NOTHING = Unsupported(0, 0)
DAMAGES = {
    "one claim": (
        """DELETE FROM claim_evidence WHERE claim_id IN
           (SELECT id FROM claims ORDER BY position LIMIT 1)""",
        Unsupported(1, 1),
    ),
    "every claim": ("DELETE FROM claim_evidence", Unsupported(1, 2)),
    "the claims themselves": ("DELETE FROM claims", Unsupported(1, 0)),
    "its evidence": (
        """UPDATE evidence SET match = 'rejected', first_cue = NULL, last_cue = NULL
           WHERE id IN (SELECT evidence_id FROM claim_evidence)""",
        Unsupported(1, 2),
    ),
}


class NothingMadeAgain:
    """Fails: no evidence dangles here."""

    async def why_not(self, session: object, video_id: int) -> str | None:
        """Fail."""
        raise AssertionError((session, video_id))

    async def make(self, session: object, video_id: int) -> None:
        """Fail."""
        raise AssertionError((session, video_id))


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_page_that_lost_its_support_is_made_anew(storage: Storage, damage: str) -> None:
    """As it was, where what it rested on is still there; a second look finds nothing."""
    workshop = Workshop(storage.database, make_profile(), FakeAsker())
    published = await workshop.claims()
    statement, expected = DAMAGES[damage]
    async with storage.database.transaction() as session:
        await session.execute(text(statement))
    assert await find_unsupported(storage.database) == expected
    assert await mend_pages(storage.database, SystemClock()) == expected
    assert await find_unsupported(storage.database) == NOTHING
    assert await workshop.compose() == 1
    restored = set() if damage == "its evidence" else published
    assert await workshop.claims() == restored
    assert (await workshop.verify()).holds == (damage != "its evidence")
    await Upkeep(storage.database, SystemClock(), NothingMadeAgain()).look()
    assert await find_unsupported(storage.database) == NOTHING


async def test_calls_whose_time_is_over_are_given_up_with_an_alert(storage: Storage) -> None:
    """Once; one that may still be answered is left alone."""
    for name, hours in (("late", -1), ("early", 1)):
        async with storage.database.transaction() as session:
            await session.execute(
                text("""
                  INSERT INTO llm_calls (request_sha256, item_kind, item_id, stage, label, model,
                    prompt_sha256, state, reserved_usd, sent_at, deadline_at)
                  VALUES (:name, 'video', 1, 'extract', '', 'm', '', 'sent', 0.25, now(),
                    now() + make_interval(hours => :hours))"""),
                {"name": name, "hours": hours},
            )
    assert await give_up_calls(storage.database, SystemClock()) == 1
    async with storage.database.transaction() as session:
        assert [alert.code for alert in await open_alerts(session)] == ["spending_unknown"]
    assert await give_up_calls(storage.database, SystemClock()) == 0
