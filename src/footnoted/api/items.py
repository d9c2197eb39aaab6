"""One item: where it stands, what is said in it, and whether it can be found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path

from footnoted.pipeline.reports.items.item import read_indexing, read_item, read_item_words
from footnoted.pipeline.reports.items.report import (
    Indexing,  # noqa: TC001 - fastapi reads the types of answers
    Item,  # noqa: TC001 - as above
    Words,  # noqa: TC001 - as above
)

if TYPE_CHECKING:
    from footnoted.app import App

_Id = Annotated[int, Path(le=2**63 - 1)]


def items_router(app: App) -> APIRouter:
    """Return the routes of items; an item has the id that commands call a video by."""
    router = APIRouter(prefix="/api/v1/items")
    database, clock = app.storage.database, app.storage.clock

    async def item(item_id: _Id) -> Item:
        """Return an item, also while it is worked on."""
        return await read_item(database, item_id, clock.now())

    async def transcript(item_id: _Id) -> Words:
        """Return what is said in an item; 404 says why there is nothing yet."""
        return await read_item_words(database, item_id, clock.now())

    async def indexing(item_id: _Id) -> Indexing:
        """Return how far an item is in the index."""
        return await read_indexing(database, item_id)

    router.add_api_route("/{item_id}", item)
    router.add_api_route("/{item_id}/transcript", transcript)
    router.add_api_route("/{item_id}/indexing-status", indexing)
    return router
