"""Whether the process turns (`/healthz`) and whether it can do its work (`/readyz`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from pydantic import BaseModel

from footnoted import __version__

if TYPE_CHECKING:
    from footnoted.app import App


class Health(BaseModel):
    """The process answers."""

    status: str
    version: str


class Readiness(BaseModel):
    """Each part footnoted stands on, `ok` or why not."""

    ready: bool
    database: str
    index: str


_UNAVAILABLE = 503


def health_router(app: App) -> APIRouter:
    """Return the routes of liveness and readiness."""
    router = APIRouter()

    async def healthz() -> Health:
        return Health(status="ok", version=__version__)

    async def readyz(response: Response) -> Readiness:
        database, index = await app.probe_database(), await app.probe_index()
        ready = database == index == "ok"
        if not ready:
            response.status_code = _UNAVAILABLE
        return Readiness(ready=ready, database=database, index=index)

    router.add_api_route("/healthz", healthz)
    router.add_api_route("/readyz", readyz)
    return router
