"""Errors of ours as answers: a status, a stable code, and the sentence that a command would say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse

from footnoted.errors import PermanentError, TransientError, UsageError
from footnoted.pipeline.reports.items.item import ItemRemovedError, NoWordsError, UnknownItemError
from footnoted.sources.uploads.storage import StorageFullError
from footnoted.sources.uploads.taking import (
    UPLOAD_BROKEN_OFF,
    UPLOAD_TOO_LARGE,
    UPLOAD_WRONG_TYPE,
    UploadRefusedError,
)

if TYPE_CHECKING:
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException

    from footnoted.errors import FootnotedError

BAD_REQUEST = 400
UNAUTHORIZED = 401
FORBIDDEN = 403
_NOT_FOUND = 404
_GONE = 410
_UNPROCESSABLE = 422
_UNAVAILABLE = 503
_NO_ROOM = 507
_UPLOADS = {UPLOAD_BROKEN_OFF: 408, UPLOAD_TOO_LARGE: 413, UPLOAD_WRONG_TYPE: 415}


def refusal(status: int, code: str, detail: str) -> JSONResponse:
    """Return an answer that says why not."""
    return JSONResponse({"code": code, "detail": detail}, status_code=status)


def refusal_of(error: FootnotedError) -> JSONResponse:
    """Return the answer that an error becomes."""
    code = error.failure_code if isinstance(error, PermanentError) else error.code
    return refusal(_status_of(error), code, error.message)


def refusal_of_request(error: RequestValidationError) -> JSONResponse:
    """Return the answer to a request that is not what its route takes: the first thing wrong."""
    first = error.errors()[0]
    _, *where = first["loc"]
    place = ".".join(str(part) for part in where) or "the request"
    return refusal(_UNPROCESSABLE, "request_malformed", f"{place}: {first['msg']}")


def refusal_of_route(error: HTTPException) -> JSONResponse:
    """Return the answer to a request that no route takes."""
    code = "path_unknown" if error.status_code == _NOT_FOUND else "request_refused"
    answer = refusal(error.status_code, code, error.detail)
    answer.headers.update(error.headers or {})
    return answer


def _status_of(error: FootnotedError) -> int:
    match error:
        case ItemRemovedError():
            return _GONE
        case UnknownItemError() | NoWordsError():
            return _NOT_FOUND
        case UploadRefusedError():
            return _UPLOADS.get(error.failure_code, BAD_REQUEST)
        case StorageFullError():
            return _NO_ROOM
        case UsageError():
            return BAD_REQUEST
        case PermanentError():
            return _UNPROCESSABLE
        case TransientError():
            return _UNAVAILABLE
        case _:
            raise error
