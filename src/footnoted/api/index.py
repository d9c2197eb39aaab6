"""Comparing the index with PostgreSQL, and repairing it, while the daemon has it open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from pydantic import BaseModel, Field

from footnoted.doctor.indexing import IndexFacts, OwnIndex

if TYPE_CHECKING:
    from footnoted.app import App


class Repaired(BaseModel):
    """What a repair did."""

    done: str = Field(description="What was done, in words.")


def index_router(app: App) -> APIRouter:
    """Return the routes of the index."""
    router = APIRouter(prefix="/api/v1/index")
    if app.vectors is None:
        message = "the program was opened without its indexes"
        raise RuntimeError(message)
    own = OwnIndex(app.storage.database, app.vectors.indexes)

    async def audit() -> IndexFacts:
        """Return how the index differs from PostgreSQL."""
        return await own.facts()

    async def repair() -> Repaired:
        """Make the index what PostgreSQL says; costs nothing but time."""
        return Repaired(done=await own.mend())

    router.add_api_route("/audit", audit)
    router.add_api_route("/repair", repair, methods=["POST"])
    return router
