"""Letting go of what is old or too much: measured, then dropped in short transactions."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from footnoted.archive.retention import store
from footnoted.archive.retention.rules import Kind, rules_of
from footnoted.archive.retention.store import Limit
from footnoted.db.outage import is_database_down
from footnoted.ledger.journal import FREE
from footnoted.model.path import real_path, stored_path
from footnoted.telemetry import HISTORY_PRUNED, get_logger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from footnoted.archive.retention.rules import Rule
    from footnoted.archive.retention.store import Holding
    from footnoted.db.storage import Storage

_BATCH = 20_000
_ROUNDS = 100_000
"""Bounds a loop that ends when nothing is left: more rows than any table has."""


@dataclass(frozen=True, slots=True)
class Line:
    """What there is of a kind, its rule, and what that lets go; `again_usd` is its price."""

    kind: Kind
    rule: Rule | None
    holding: Holding
    again_usd: Decimal


async def survey(storage: Storage, rules: Mapping[Kind, Rule]) -> list[Line]:
    """Return what there is of every kind and what would go; nothing does."""
    now, lines = storage.clock.now(), list[Line]()
    async with storage.database.transaction() as session:
        for kind in Kind:
            rule = rules.get(kind)
            limit = _limit(storage, rule, now)
            holding = await store.measure(session, kind, limit)
            priced = kind is Kind.REPLAYS and holding.going > 0
            again_usd = await store.price_of_replays(session, limit) if priced else FREE
            lines.append(Line(kind, rule, holding, again_usd))
    return lines


async def prune(storage: Storage, rules: Mapping[Kind, Rule]) -> dict[Kind, int]:
    """Let go of what the rules say; return how many rows of each kind went.

    Each batch is a transaction of its own, so what went before a stop is gone, and the next time
    takes up the rest.
    """
    now = storage.clock.now()
    gone: dict[Kind, int] = {}
    for kind, rule in rules.items():
        gone[kind] = await _prune_kind(storage, kind, _limit(storage, rule, now))
        if gone[kind]:
            get_logger().info(HISTORY_PRUNED, kind=kind.value, rows=gone[kind], rule=str(rule))
    return gone


class Retention:
    """Does daily what the settings say, and nothing where they say nothing."""

    def __init__(self, storage: Storage) -> None:
        """Prune `storage`. Raises UsageError for a setting that is no rule."""
        self._storage, self._rules = storage, rules_of(storage.settings)

    async def look(self) -> None:
        """Let go of what is due; an absent database is waited for until the next time."""
        try:
            await prune(self._storage, self._rules)
        except Exception as error:
            if not is_database_down(error):
                raise


def _limit(storage: Storage, rule: Rule | None, now: datetime) -> Limit:
    prefix = f"{stored_path(str(storage.settings.data_dir))}/"
    if rule is None:
        return Limit(None, None, prefix)
    return Limit(rule.before(now), rule.size_bytes, prefix)


async def _prune_kind(storage: Storage, kind: Kind, limit: Limit) -> int:
    gone = 0
    for _ in range(_ROUNDS):
        async with storage.database.transaction() as session:
            ids = await store.going(session, kind, limit, _BATCH)
            if not ids:
                break
            if kind is Kind.MEDIA:
                doomed = await store.lock_files(session, ids)
                for file in doomed:
                    await asyncio.to_thread(Path(real_path(file.path)).unlink, missing_ok=True)
                await store.note_gone(session, ids, storage.clock.now())
                gone += len(doomed)
            else:
                gone += await store.drop(session, kind, ids)
    return gone
