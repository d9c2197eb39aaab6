"""A stage that does what a test tells it, and remembers what was asked of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from footnoted.model.status import ItemKind, Resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.stages.port import StageContext


class Parcel(BaseModel):
    """What the fake stage is given and gives."""

    item_id: int
    note: str = ""


@dataclass
class FakeStage:
    """Gives its milestone unless `act` returns or raises something else."""

    name: str
    gives: str
    kind: ItemKind = ItemKind.VIDEO
    resource: Resource = Resource.CPU
    asks: bool = False
    version: int = 1
    time_limit_s: float = 5.0
    parts: dict[str, str] = field(default_factory=dict)
    act: Callable[[Parcel, StageContext], Any] | None = None
    on_save: Callable[[AsyncConnection, int], Any] | None = None
    given_type: type[Parcel] = Parcel
    note: str = ""
    loads: list[int] = field(default_factory=list)
    ran: list[int] = field(default_factory=list)
    given: list[Parcel] = field(default_factory=list)
    saved: list[int] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def load(self, session: AsyncConnection, item_id: int) -> Parcel:
        """Return a parcel with the note of now."""
        del session
        self.loads.append(item_id)
        return Parcel(item_id=item_id, note=self.note)

    async def run(self, given: Parcel, context: StageContext) -> Any:
        """Return the parcel, or what `act` says."""
        self.ran.append(given.item_id)
        self.given.append(given)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(0)
            if self.act is None:
                return given
            result = self.act(given, context)
            return await result if asyncio.iscoroutine(result) else result
        finally:
            self.at_once -= 1

    async def save(self, session: AsyncConnection, item_id: int, out: Parcel) -> None:
        """Remember that it was saved."""
        del out
        self.saved.append(item_id)
        if self.on_save is not None:
            await self.on_save(session, item_id)
