"""The HTTP application: its routers, joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from footnoted import __version__
from footnoted.api.health import health_router
from footnoted.api.index import index_router
from footnoted.api.items import items_router
from footnoted.api.refusals import refusal_of, refusal_of_request, refusal_of_route
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
    add_refusals(application)
    return application


def add_refusals(application: FastAPI) -> None:
    """Have everything that is refused answered in one shape: a code and a sentence."""
    for kind in (FootnotedError, RequestValidationError, HTTPException):
        application.add_exception_handler(kind, _refused)


async def _refused(request: Request, error: Exception) -> Response:
    """Return what an error of ours or of a request becomes; others are faults of the program."""
    del request
    match error:
        case FootnotedError():
            return refusal_of(error)
        case RequestValidationError():
            return refusal_of_request(error)
        case HTTPException():
            return refusal_of_route(error)
        case _:
            raise error
