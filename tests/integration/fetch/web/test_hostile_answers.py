"""Answers made to keep us busy, to fill the memory or the disk, or to be something else."""

from __future__ import annotations

import asyncio
import functools
import gzip
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.fetch.port import HostUnreachableError, WebLimits, WebRefusedError
from tests.fakes.web_server import Page

if TYPE_CHECKING:
    from pathlib import Path

QUICK_S = 5.0


@functools.cache
def bomb() -> bytes:
    """Return few bytes that unpack to very many."""
    return gzip.compress(bytes(100 * 2**20), 1)


def names(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return [path.name for path in folder.iterdir()]


async def drip(writer: asyncio.StreamWriter) -> None:
    """Write a byte now and then, without end."""
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def pour(writer: asyncio.StreamWriter) -> None:
    """Write as much as is taken, without end."""
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def silence(_writer: asyncio.StreamWriter) -> None:
    """Write nothing, for long."""
    await asyncio.sleep(60)


async def both(edge: Any, folder: Path, error: type[Exception], **given: Any) -> list[Any]:
    """Return how a page fails in memory and on disk, where nothing may be left."""
    faults: list[Any] = []
    started_s = time.monotonic()
    with pytest.raises(error) as caught:
        await edge.get("/bad", **given)
    faults.append(caught.value)
    with pytest.raises(error) as caught:
        await edge.web.download(edge.request("/bad", **given), folder / "file")
    faults.append(caught.value)
    assert time.monotonic() - started_s < QUICK_S
    assert names(folder) == []
    return faults


@pytest.mark.parametrize("script", [drip, silence])
async def test_the_time_limit_holds_for_the_whole_answer(
    edge: Any, tmp_path: Path, script: Any
) -> None:
    """A byte every now and then resets nothing."""
    edge.server.pages["/bad"] = Page(script=script)
    for fault in await both(edge, tmp_path, HostUnreachableError):
        assert "within the limit of 0.6 s" in fault.message


async def test_the_time_limit_holds_over_all_redirects(edge: Any) -> None:
    """Each hop has what the ones before it left."""
    edge.server.pages["/bad"] = Page(status="302 Found", headers=("Location: /bad",))
    edge.server.delay_s = 0.25
    limits = WebLimits(timeout_s=0.6, max_redirects=50)
    with pytest.raises(HostUnreachableError, match="within the limit"):
        await edge.get("/bad", limits=limits)
    assert len(edge.server.asked) <= 3


async def test_headers_that_never_end_are_given_up(edge: Any, tmp_path: Path) -> None:
    """By time, or by their size."""
    endless = Page(headers=tuple(f"X-{n}: {'x' * 1000}" for n in range(2000)))
    edge.server.pages["/bad"] = endless
    await both(edge, tmp_path, HostUnreachableError)


async def test_a_body_without_end_is_cut_off(edge: Any, tmp_path: Path) -> None:
    """As soon as it has more than it may."""
    edge.server.pages["/bad"] = Page(script=pour)
    for fault in await both(edge, tmp_path, WebRefusedError, limits=WebLimits(max_bytes=10**6)):
        assert fault.failure_code == "answer_too_large"


async def test_a_declared_length_is_believed_when_it_is_too_large(
    edge: Any, tmp_path: Path
) -> None:
    """Nothing of the body is waited for."""
    edge.server.pages["/bad"] = Page(headers=("Content-Length: 1000001",), script=silence)
    for fault in await both(edge, tmp_path, WebRefusedError):
        assert fault.failure_code == "answer_too_large"
        assert "1,000,001 bytes" in fault.message


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate"])
async def test_a_bomb_is_counted_unpacked_and_fills_no_memory(edge: Any, coding: str) -> None:
    """100 MB in less than one: no more than the limit is ever held."""
    edge.server.pages["/bad"] = Page(bomb(), headers=(f"Content-Encoding: {coding}",))
    tracemalloc.start()
    try:
        with pytest.raises(WebRefusedError) as caught:
            await edge.get("/bad")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.failure_code == "answer_too_large"
    assert peak_bytes < 10 * 2**20


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "compress", "gzip" * 99])
async def test_a_coding_that_was_not_asked_for_is_refused(
    edge: Any, tmp_path: Path, coding: str
) -> None:
    """Codings in codings are bombs in bombs."""
    edge.server.pages["/bad"] = Page(b"x", headers=(f"Content-Encoding: {coding}",))
    for fault in await both(edge, tmp_path, WebRefusedError):
        assert fault.failure_code == "answer_wrong_type"


async def test_a_packed_answer_is_unpacked(edge: Any) -> None:
    """The usual case."""
    page = Page(gzip.compress(b"hello" * 9000), headers=("Content-Encoding: gzip",))
    edge.server.pages["/good"] = page
    assert (await edge.get("/good")).body == b"hello" * 9000
    assert edge.server.asked[0].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    "page",
    [
        Page(b"half", headers=("Content-Length: 8",)),
        Page(gzip.compress(b"x" * 9000)[:-8], headers=("Content-Encoding: gzip",)),
        Page(b"5\r\nhalf", headers=("Transfer-Encoding: chunked", "Content-Length: 7")),
    ],
    ids=["length", "gzip", "chunked"],
)
async def test_an_answer_that_breaks_off_waits(edge: Any, tmp_path: Path, page: Page) -> None:
    """Half a feed must not look like a short one."""
    edge.server.pages["/bad"] = page
    await both(edge, tmp_path, HostUnreachableError)


async def test_what_is_no_http_waits(edge: Any, tmp_path: Path) -> None:
    """A mail server, or a broken one."""
    edge.server.pages["/bad"] = Page(status="-1 \x00")
    await both(edge, tmp_path, HostUnreachableError)


async def test_an_error_page_in_the_place_of_a_recording_is_refused(
    edge: Any, tmp_path: Path
) -> None:
    """Before a byte of it is on disk."""
    page = Page(b"<!doctype html><h1>Sorry</h1>", headers=("Content-Type: audio/mpeg",))
    edge.server.pages["/bad"] = page
    for fault in await both(edge, tmp_path, WebRefusedError, accepts=("audio/", "video/")):
        assert fault.failure_code == "answer_wrong_type"
        assert "a web page" in fault.message


async def test_a_download_that_is_given_up_leaves_nothing(edge: Any, tmp_path: Path) -> None:
    """Nor one that replaces a file: the old one stays."""
    into = tmp_path / "file"
    into.write_bytes(b"old")
    edge.server.pages["/bad"] = Page(script=drip)
    request = edge.request("/bad", limits=WebLimits(timeout_s=60))
    task = asyncio.create_task(edge.web.download(request, into))
    await asyncio.sleep(0.3)
    task.cancel()
    await asyncio.wait([task])
    assert names(tmp_path) == ["file"]
    assert into.read_bytes() == b"old"


async def test_a_validator_that_cannot_be_sent_back_is_not_kept(edge: Any) -> None:
    """What is not plain ASCII, or longer than makes sense."""
    edge.server.pages["/"] = Page(headers=(f"ETag: {'x' * 2000}", "Last-Modified: g\xe4stern"))
    answer = await edge.get()
    assert (answer.etag, answer.last_modified) == (None, None)
    assert (await edge.get(etag="g\xe4stern\n")).status == 200
