"""The shared last stage, which also says that the text of a video is indexed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from footnoted.model.status import INDEXED, ItemKind, Resource
from footnoted.profiles.brain import store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.model.outcome import Stopped, Waiting
    from footnoted.stages.port import AnyStage, StageContext


class IndexedStage:
    """What `shared` does, and the flag in the same transaction."""

    name: ClassVar[str] = "index"
    version: ClassVar[int] = 1
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = INDEXED
    resource: ClassVar[Resource] = Resource.INDEX
    asks: ClassVar[bool] = False
    time_limit_s: ClassVar[float] = 300.0

    def __init__(self, shared: AnyStage) -> None:
        """Do what `shared` does."""
        self._shared = shared
        self.given_type: type[BaseModel] = shared.given_type

    @property
    def parts(self) -> Mapping[str, str]:
        """Return the versions of what it does, its own with them."""
        return {**self._shared.parts, "shared": str(self._shared.version)}

    async def load(self, session: AsyncConnection, item_id: int) -> BaseModel:
        """Return what the shared stage reads."""
        given: BaseModel = await self._shared.load(session, item_id)
        return given

    async def run(self, given: BaseModel, context: StageContext) -> BaseModel | Waiting | Stopped:
        """Return what the shared stage makes of it."""
        out: BaseModel | Waiting | Stopped = await self._shared.run(given, context)
        return out

    async def save(self, session: AsyncConnection, item_id: int, out: BaseModel) -> None:
        """Write it, and the flag."""
        await self._shared.save(session, item_id, out)
        await store.mark_indexed(session, item_id)
