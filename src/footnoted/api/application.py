"""The HTTP application: its routers, joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from footnoted import __version__
from footnoted.api.health import health_router
from footnoted.api.index import index_router
from footnoted.api.search import search_router

if TYPE_CHECKING:
    from footnoted.app import App


def build_application(app: App) -> FastAPI:
    """Return the API over `app`, without the pages that would fetch scripts from elsewhere."""
    application = FastAPI(title="footnoted", version=__version__, docs_url=None, redoc_url=None)
    application.include_router(health_router(app))
    application.include_router(search_router(app))
    application.include_router(index_router(app))
    return application
