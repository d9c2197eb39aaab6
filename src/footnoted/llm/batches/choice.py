"""Which calls go into a batch: all, none, or those of a backlog that is too long to serve live.

A call that a batch gave back as bad, and one that follows a bad answer, are always made live: what
is wrong shows at once, and each counts as an attempt of its item.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from footnoted.ledger.batches import store
from footnoted.ledger.batches.backlog import LIVE_MIN, USUAL_VIDEO, Load, minutes_live
from footnoted.llm.limits.classes import model_class

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.llm.call import Call
    from footnoted.llm.limits.limiter import Limiter

FRESH = timedelta(days=2)
"""How long after its publication a video is fresh: somebody may be waiting for it."""
_LOOK_EVERY_S = 60.0
_KEPT = 10_000


class LlmMode(StrEnum):
    """How paid calls are made, as the settings name it."""

    LIVE = "live"
    BATCH = "batch"
    AUTO = "auto"


class Choice:
    """Decides for one call at a time; the backlog is looked at once a minute."""

    def __init__(self, mode: LlmMode, database: Database, clock: Clock, limiter: Limiter) -> None:
        """Decide as `mode` says, by what `limiter` knows of the limits."""
        self._mode = mode
        self._database, self._clock, self._limiter = database, clock, limiter
        self._is_long: dict[str, bool] = {}
        self._fresh: dict[int, bool] = {}
        self._looked_at_s = float("-inf")

    async def is_for_batch(self, call: Call) -> bool:
        """Return whether to put a call into a batch."""
        if self._mode is LlmMode.LIVE or call.is_free or call.must_be_live:
            return False
        if self._mode is LlmMode.BATCH:
            return True
        return await self._is_backlog_long(call.model.name) and not await self._is_fresh(call)

    async def _is_fresh(self, call: Call) -> bool:
        """Return whether a call is for a fresh video; pages are made of many and are not."""
        if call.scope.item_kind != "video":
            return False
        video_id = call.scope.item_id
        if video_id not in self._fresh:
            async with self._database.statements() as session:
                fresh = await store.is_fresh(session, video_id, self._clock.now() - FRESH)
            self._fresh[video_id] = fresh
        return self._fresh[video_id]

    async def _is_backlog_long(self, model: str) -> bool:
        """Return whether what waits takes more than an hour live."""
        now_s = self._clock.monotonic_s()
        if now_s - self._looked_at_s >= _LOOK_EVERY_S:
            self._looked_at_s = now_s
            self._is_long.clear()
            if len(self._fresh) > _KEPT:
                self._fresh.clear()
        if model not in self._is_long:
            self._is_long[model] = await self.backlog_min(model) > LIVE_MIN
        return self._is_long[model]

    async def backlog_min(self, model: str) -> float:
        """Return how many minutes the backlog takes live; see `ledger.batches.backlog`.

        `model` is who is asked where nothing was ever asked.
        """
        async with self._database.transaction() as session:
            videos = await store.backlog(session, self._clock.now() - FRESH)
            by_model = await store.recent_loads(session)
        per_video: dict[str, Load] = {}
        for name, load in (by_model or {model: USUAL_VIDEO}).items():
            family = model_class(name)
            per_video[family] = per_video[family] + load if family in per_video else load
        return minutes_live(videos, per_video, {name: self._per_minute(name) for name in per_video})

    def _per_minute(self, family: str) -> Load:
        pool = self._limiter.lane(family).pool
        return Load(pool.requests.limit, pool.input_tokens.limit, pool.output_tokens.limit)
