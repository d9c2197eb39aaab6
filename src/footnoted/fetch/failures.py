"""How a request came to have no answer: the failures of the HTTP client, as far as it matters."""

from __future__ import annotations

from enum import Enum, auto

import httpx

_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class NoAnswer(Enum):
    """A wrong address; never sent; no answer in time; a connection that broke on the way."""

    WRONG_ADDRESS = auto()
    UNSENT = auto()
    TOO_LATE = auto()
    CUT = auto()


def no_answer_of(error: Exception) -> NoAnswer:
    """Return what a failure of the client means."""
    match error:
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return NoAnswer.WRONG_ADDRESS
        case _ if isinstance(error, _UNSENT):
            return NoAnswer.UNSENT
        case httpx.TimeoutException() | TimeoutError():
            return NoAnswer.TOO_LATE
        case _:
            return NoAnswer.CUT
