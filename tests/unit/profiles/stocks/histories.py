"""Histories as tests write them: who said what of a company, recording by recording."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

from footnoted.profiles.stocks.history.seen import Seen
from footnoted.profiles.stocks.types import MentionRow, Resolution

if TYPE_CHECKING:
    from collections.abc import Sequence

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def mention(
    day: int, action: str | None, conviction: float | None = 0.6, **more: Any
) -> MentionRow:
    """Return a mention of NVDA by Ada in the recording of a day."""
    quote = more.get("quote", f"{action} {conviction} on day {day}")
    values = {
        "id": uuid5(NAMESPACE_OID, f"{day} {quote}"),
        "video_id": day,
        "recording": f"talk-{day:02}",
        "title": f"Talk {day}",
        "url": f"https://video.example/watch?v={day}&t=4",
        "creator": "Ada",
        "creator_slug": "ada",
        "speaker": None,
        "published_at": EPOCH + timedelta(days=day),
        "symbol": "NVDA",
        "exchange": "NASDAQ",
        "asset": "share",
        "company": "NVIDIA Corporation",
        "heard_as": "Nvidia",
        "resolution": Resolution.NAMED,
        "resolution_score": 1.0,
        "action": action,
        "conviction": conviction if action else None,
        "horizon": None,
        "quote": quote,
        "match": "exact",
        "match_score": 1.0,
        "start_ms": 4_000,
        "first_cue": 1,
        "known_at": EPOCH,
        "superseded_at": None,
        "model": "extractive",
        "prompt_sha256": "0" * 64,
    }
    return MentionRow.model_validate({**values, **more})


def seen(days: Sequence[int], *, creator: str = "ada", speakers: Sequence[str] = ()) -> list[Seen]:
    """Return the recordings of some days, looked through."""
    return [
        Seen(
            video_id=day,
            recording=f"talk-{day:02}",
            title=f"Talk {day}",
            creator_slug=creator,
            published_at=EPOCH + timedelta(days=day),
            speakers=tuple(speakers),
        )
        for day in days
    ]
