"""What the API refuses with: a status, an error type, a message, and what the headers say."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_OF_STATUS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    502: "api_error",
    503: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error response; `retry_after_s` is in whole emulated seconds."""

    status: int
    message: str
    error_code: str | None = None
    retry_after_s: int | None = None
    should_retry: bool | None = None

    def body(self, request_id: str) -> dict[str, object]:
        """Return the documented envelope."""
        error: dict[str, object] = {"type": TYPE_OF_STATUS[self.status], "message": self.message}
        if self.error_code is not None:
            error["details"] = {"error_code": self.error_code}
        return {"type": "error", "error": error, "request_id": request_id}

    def headers(self) -> dict[str, str]:
        """Return the headers that tell a client whether and when to try again."""
        headers: dict[str, str] = {}
        if self.retry_after_s is not None:
            headers["retry-after"] = str(self.retry_after_s)
        if self.should_retry is not None:
            headers["x-should-retry"] = "true" if self.should_retry else "false"
        return headers


class RefusedError(Exception):
    """The request was not accepted."""

    def __init__(self, refusal: Refusal) -> None:
        """Carry the refusal to where it is answered."""
        super().__init__(refusal.message)
        self.refusal = refusal


def invalid(message: str) -> RefusedError:
    """Return a 400 to raise."""
    return RefusedError(Refusal(400, message))


def not_found(message: str) -> RefusedError:
    """Return a 404 to raise."""
    return RefusedError(Refusal(404, message))
