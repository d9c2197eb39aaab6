"""What of a person's words a followed source is not already."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from footnoted.errors import UsageError
from footnoted.sources.change import Particulars, paced, unlike
from footnoted.sources.net.asking import NOTHING_ASKED, Asked
from footnoted.sources.store import Source

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def source(kind: str = "feed", **fields: Any) -> Source:
    """Return a followed source of which nobody asked anything."""
    usual: dict[str, Any] = {
        "id": 1,
        "kind": kind,
        "locator": "/talks" if kind == "folder" else "https://pod.example/feed",
        "title": "The Pod",
        "creator_name": None,
        "profiles": ("techniques", "stocks"),
        "paused": False,
        "poll_interval_s": 300,
        "next_poll_at": NOW,
        "polled_at": None,
        "status": "followed",
        "wait_reason": None,
        "wait_detail": None,
        "failure_code": None,
        "failure_detail": None,
        "owner": None,
        "priority": 0,
        "schedule": None if kind == "folder" else "adaptive",
        "options": {},
        "daily_cap_usd": None,
        "poll_state": {},
        "created_at": NOW,
        "media_count": 0,
    }
    return Source(**{**usual, **fields})


def test_what_is_so_already_is_not_told() -> None:
    """Profiles in another order, lengths in other words, and what holds where nobody asked."""
    feed = source(
        creator_name="Ada",
        owner="bob",
        daily_cap_usd=Decimal("0.500"),
        options={"rules": {"title_has": "talk", "min_duration_s": 600}},
    )
    asked = Asked(
        schedule="adaptive",
        backfill="5",
        title_has="talk",
        min_duration="10m",
        daily_cap_usd="0.5",
        priority=0,
        allows_translated=False,
    )
    said = Particulars("The Pod", ["stocks", "techniques"], "Ada", "bob")
    assert unlike(feed, asked, said) == {}
    assert unlike(source("folder"), Asked(backfill="all"), Particulars(every_s=300)) == {}
    hourly = source(schedule="every 1h", poll_interval_s=3_500)
    assert unlike(hourly, NOTHING_ASKED, Particulars(every_s=3_600)) == {}


def test_what_is_not_so_is_told_by_name() -> None:
    """With the value that was asked for, so that it can be asked for again."""
    said = Particulars("Mine", ["stocks"], "Grace", "bob", 7_200)
    asked = Asked(
        backfill="6", title_lacks="ad", daily_cap_usd="1", priority=50, allows_translated=True
    )
    wanted = {
        "title": "Mine",
        "profiles": ["stocks"],
        "creator": "Grace",
        "owner": "bob",
        "every_s": 7_200,
        "backfill": "6",
        "title_lacks": "ad",
        "daily_cap_usd": "1",
        "priority": 50,
        "allows_translated": True,
    }
    assert unlike(source(), asked, said) == wanted
    folder = source("folder", schedule="cron 0 6 * * *")
    assert unlike(folder, Asked(backfill="5"), Particulars(every_s=300)) == {
        "every_s": 300,
        "backfill": "5",
    }


def test_a_pause_and_a_schedule_contradict_each_other() -> None:
    """Each says when it is looked at; the one was dropped without a word."""
    with pytest.raises(UsageError, match="--every and --schedule both say when"):
        paced(Asked(schedule="adaptive"), 3_600, is_folder=False)
    assert paced(NOTHING_ASKED, 90, is_folder=False) == (Asked(schedule="every 90"), None)
    assert paced(NOTHING_ASKED, 90, is_folder=True) == (Asked(schedule=""), 90)
