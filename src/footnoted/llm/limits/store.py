"""The SQL of what the limiter remembers: one row per class of models, one per stopped provider."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from footnoted.db.tables import model_limits, provider_stops
from footnoted.llm.limits.stops import Stop

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class of models as it is stored."""

    model_class: str
    learned: dict[str, Any]
    paused_until: datetime | None
    pause_code: str | None
    pause_detail: str | None


async def classes(session: AsyncConnection) -> list[ClassRow]:
    """Return all classes that something is known of, by name."""
    rows = await session.execute(
        select(
            model_limits.c.model_class,
            model_limits.c.learned,
            model_limits.c.paused_until,
            model_limits.c.pause_code,
            model_limits.c.pause_detail,
        ).order_by(model_limits.c.model_class)
    )
    return [ClassRow(*row) for row in rows]


async def keep_class(session: AsyncConnection, row: ClassRow, now: datetime) -> None:
    """Put `row` in the place of what was known of its class."""
    statement = insert(model_limits).values(**asdict(row), updated_at=now)
    fresh = {name: statement.excluded[name] for name in (*asdict(row), "updated_at")}
    await session.execute(
        statement.on_conflict_do_update(index_elements=[model_limits.c.model_class], set_=fresh)
    )


async def stop_of(session: AsyncConnection, provider: str) -> tuple[Stop, str | None] | None:
    """Return the stop of a provider with the hash of the key that met it, or None."""
    rows = await session.execute(
        select(
            provider_stops.c.code,
            provider_stops.c.detail,
            provider_stops.c.since,
            provider_stops.c.probe_at,
            provider_stops.c.key_sha256,
        ).where(provider_stops.c.provider == provider)
    )
    row = rows.one_or_none()
    return None if row is None else (Stop(*row[:4]), row[4])


async def keep_stop(
    session: AsyncConnection, provider: str, key_sha256: str | None, stop: Stop
) -> None:
    """Put `stop` in the place of the provider's stop."""
    statement = insert(provider_stops).values(
        provider=provider, key_sha256=key_sha256, **asdict(stop)
    )
    fresh = {name: statement.excluded[name] for name in ("key_sha256", *asdict(stop))}
    await session.execute(
        statement.on_conflict_do_update(index_elements=[provider_stops.c.provider], set_=fresh)
    )


async def end_stop(session: AsyncConnection, provider: str) -> None:
    """Forget the provider's stop."""
    await session.execute(delete(provider_stops).where(provider_stops.c.provider == provider))
