"""The SQL of switches: a row is a switch that is on, for good or until a time."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - tools read the fields of a row
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class Switch(NamedTuple):
    """A switch that was put on at `set_at`, and ends `until` a time, or never."""

    name: str
    until: datetime | None
    set_at: datetime

    def is_on(self, now: datetime) -> bool:
        """Return whether it is on at a time."""
        return self.until is None or now < self.until


async def read_switch(session: AsyncConnection, name: str) -> Switch | None:
    """Return a switch that was put on, though its time may be over; None when it is off."""
    rows = await session.execute(
        text("SELECT name, until, set_at FROM switches WHERE name = :name"), {"name": name}
    )
    row = rows.one_or_none()
    return None if row is None else Switch(*row)


async def switch_on(session: AsyncConnection, switch: Switch) -> None:
    """Put a switch on, whatever it was before."""
    await session.execute(
        text("""
          INSERT INTO switches (name, until, set_at) VALUES (:name, :until, :set_at)
          ON CONFLICT (name) DO UPDATE SET until = excluded.until, set_at = excluded.set_at"""),
        switch._asdict(),
    )


async def switch_off(session: AsyncConnection, name: str) -> None:
    """Put a switch off."""
    await session.execute(text("DELETE FROM switches WHERE name = :name"), {"name": name})
