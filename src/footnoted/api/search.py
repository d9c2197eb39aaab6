"""Searching through the daemon, which alone may open the embedded index while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, ValidationError

from footnoted.errors import UsageError
from footnoted.search import port
from footnoted.search.query import SearchResult, search

if TYPE_CHECKING:
    from footnoted.app import App


class SearchAnswer(BaseModel):
    """The hits of a query, best first."""

    results: list[SearchResult] = Field(description="Hits, best first.")


def search_router(app: App) -> APIRouter:
    """Return the route of search."""
    router = APIRouter(prefix="/api/v1")

    async def find(
        text: Annotated[str, Query(min_length=1, max_length=1_000)],
        limit: Annotated[int, Query(ge=1, le=100)] = 10,
        filters: str = "{}",
    ) -> SearchAnswer:
        """Return what matches `text`; `filters` is the JSON of search.port.Filters."""
        try:
            wanted = port.Filters.model_validate_json(filters)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "filters"
            message = f"{where}: {first['msg']}"
            raise UsageError(message) from None
        query = port.Query(text=text, filters=wanted, limit=limit)
        return SearchAnswer(results=await search(app.storage.database, app.index, query))

    router.add_api_route("/search", find)
    return router
