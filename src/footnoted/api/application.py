"""The HTTP application: its routers, joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from footnoted import __version__
from footnoted.api.health import health_router
from footnoted.api.index import index_router
from footnoted.api.items import items_router
from footnoted.api.refusals import refusal_of
from footnoted.api.search import search_router
from footnoted.api.setup import setup_router
from footnoted.api.uploads import uploads_router
from footnoted.errors import FootnotedError

if TYPE_CHECKING:
    from fastapi import Request, Response

    from footnoted.app import App


def build_application(app: App) -> FastAPI:
    """Return the API over `app`, without the pages that would fetch scripts from elsewhere."""
    application = FastAPI(title="footnoted", version=__version__, docs_url=None, redoc_url=None)
    application.include_router(health_router(app))
    application.include_router(search_router(app))
    application.include_router(index_router(app))
    application.include_router(items_router(app))
    application.include_router(setup_router(app))
    application.include_router(uploads_router(app))
    application.add_exception_handler(FootnotedError, _refused)
    return application


async def _refused(request: Request, error: Exception) -> Response:
    """Return what an error of ours becomes; anything else is a fault of the program."""
    del request
    if not isinstance(error, FootnotedError):
        raise error
    return refusal_of(error)
