"""How hosts are treated that refuse, and how many are asked at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from footnoted.fetch.port import (
    HostRestsError,
    HostUnreachableError,
    WebLimits,
    WebRefusedError,
    WebRequest,
)
from tests.fakes.web_server import FakeResolver, Page

PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    ("status", "header"),
    [
        ("429 Too Many Requests", "Retry-After: 100"),
        ("503 Service Unavailable", "Retry-After: 100"),
        ("403 Forbidden", "cf-mitigated: challenge"),
        ("429 Too Many Requests", "X: y"),
    ],
)
async def test_a_host_that_asks_for_peace_is_not_asked_again(
    edge: Any, status: str, header: str
) -> None:
    """Nor by another address of it; other hosts are."""
    edge.server.pages["/bad"] = Page(status=status, headers=(header,))
    with pytest.raises(HostRestsError) as first:
        await edge.get("/bad")
    with pytest.raises(HostRestsError) as second:
        await edge.get("/")
    assert second.value.until == first.value.until
    wait_s = (first.value.until - edge.clock.now()).total_seconds()
    assert (100 if "100" in header else 60) - 5 < wait_s < 130
    assert (await edge.get(host="b.example")).body == b"hello"
    assert [asked.path for asked in edge.server.asked] == ["/bad", "/"]


async def test_a_forbidden_address_fails_and_three_rest_the_host(edge: Any) -> None:
    """The first two say what they are."""
    edge.server.pages["/bad"] = Page(status="403 Forbidden")
    for _ in range(2):
        with pytest.raises(WebRefusedError) as caught:
            await edge.get("/bad")
        assert (caught.value.failure_code, caught.value.status) == ("web_refused", 403)
    with pytest.raises(HostRestsError, match="refuses access"):
        await edge.get("/bad")


async def test_a_host_that_is_broken_is_left_alone_after_three_times(edge: Any) -> None:
    """Each waits; what else wants it does not even try."""
    edge.server.pages["/bad"] = Page(status="500 Oops")
    for _ in range(3):
        with pytest.raises(HostUnreachableError, match="error of its own"):
            await edge.get("/bad")
    with pytest.raises(HostRestsError):
        await edge.get("/")
    assert len(edge.server.asked) == 3


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "401 Unauthorized"])
async def test_a_missing_page_is_nothing_against_its_host(edge: Any, status: str) -> None:
    """A thousand of them are not."""
    edge.server.pages["/bad"] = Page(status=status)
    for _ in range(5):
        with pytest.raises(WebRefusedError):
            await edge.get("/bad")
    assert (await edge.get()).body == b"hello"
    assert edge.book.standings["a.example"].failures == 0


async def test_five_hundred_requests_to_fifty_hosts_are_one_at_a_time_each(edge: Any) -> None:
    """And the hosts are asked side by side."""
    hosts = [f"h{n}.example" for n in range(50)]
    edge.resolver = FakeResolver(**{host.replace(".", "_"): [[PUBLIC]] for host in hosts})
    edge.__post_init__()
    edge.server.delay_s = 0.02
    limits = WebLimits(timeout_s=30)
    requests = [
        WebRequest(edge.server.url("/", host), limits=limits) for _ in range(10) for host in hosts
    ]
    started_s = asyncio.get_running_loop().time()
    answers = await asyncio.gather(*(edge.web.get(request) for request in requests))
    took_s = asyncio.get_running_loop().time() - started_s
    assert [answer.body for answer in answers] == [b"hello"] * 500
    assert set(edge.server.most_at_once.values()) == {1}
    assert len(edge.server.most_at_once) == 50
    assert took_s < 500 * 0.02
