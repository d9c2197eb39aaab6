"""What the API answers to what it refuses: a code and a sentence, whoever refuses it."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from footnoted.api.application import add_refusals
from footnoted.errors import TransientError


def application() -> FastAPI:
    """Return an application with one route, which needs the index."""
    made = FastAPI()

    async def item(item_id: int) -> None:
        message = f"item {item_id} waits for the index"
        raise TransientError(message, wait_reason="index")

    made.add_api_route("/items/{item_id}", item)
    add_refusals(made)
    return made


@pytest.mark.parametrize(
    ("method", "path", "status", "code", "detail"),
    [
        ("GET", "/items/7", 503, "transient", "item 7 waits for the index"),
        ("GET", "/items/abc", 422, "request_malformed", "item_id: Input should be a valid integer"),
        ("GET", "/nothing", 404, "path_unknown", "Not Found"),
        ("DELETE", "/items/7", 405, "request_refused", "Method Not Allowed"),
    ],
)
async def test_every_refusal_has_one_shape(
    method: str, path: str, status: int, code: str, detail: str
) -> None:
    """A program that asks reads `code`, and shows `detail` to a person."""
    transport = httpx.ASGITransport(application())
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        answer = await client.request(method, path)
    told = answer.json()
    assert (answer.status_code, told.keys(), told["code"]) == (status, {"code", "detail"}, code)
    assert told["detail"].startswith(detail)
