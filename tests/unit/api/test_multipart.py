"""Forms with a file in them, cut into pieces anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.api.multipart import MalformedFormError, boundary_of, parts_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

KIND = 'multipart/form-data; boundary="a.b"'
NASTY = b"one\r\n--a.\r\n--a.c\r\n\r\n-- \xff\x00"


def form(*parts: tuple[str, bytes], boundary: str = "a.b") -> bytes:
    """Return a form of parts, each with the parameters of its name."""
    texts = [
        f"--{boundary}\r\nContent-Disposition: form-data; {named}\r\nX: y\r\n\r\n".encode() + body
        for named, body in parts
    ]
    return b"\r\n".join([*texts, f"--{boundary}--\r\n".encode()])


async def cut(data: bytes, size: int) -> AsyncIterator[bytes]:
    """Yield data in pieces."""
    for at in range(0, len(data), size):
        yield data[at : at + size]


async def read(data: bytes, size: int, kind: str = KIND) -> list[tuple[str, str | None, bytes]]:
    """Return what a form holds."""
    return [
        (part.name, part.file_name, b"".join([piece async for piece in part.pieces]))
        async for part in parts_of(cut(data, size), boundary_of(kind))
    ]


@given(st.integers(1, 300))
async def test_a_form_is_read_however_it_is_cut(size: int) -> None:
    """Content that looks like a boundary is content."""
    data = form(('name="language"', b"en"), ('name="file"; filename="a b.mp3"', NASTY))
    assert await read(data, size) == [("language", None, b"en"), ("file", "a b.mp3", NASTY)]


async def test_nothing_of_a_file_is_gathered() -> None:
    """What is held back is no more than could be a boundary."""
    body = bytes(1_000_000)
    async for part in parts_of(cut(form(('name="file"', body)), 1_000), boundary_of(KIND)):
        sizes = [len(piece) async for piece in part.pieces]
    assert (sum(sizes), max(sizes) < 2_000) == (1_000_000, True)


async def test_a_part_that_nobody_reads_is_passed_over() -> None:
    """The next one is whole."""
    data = form(('name="a"', b"x" * 5_000), ('name="b"', b"2"))
    names = [part.name async for part in parts_of(cut(data, 7), boundary_of(KIND))]
    assert names == ["a", "b"]


async def test_an_empty_file_is_read_and_what_follows_the_form_is_not() -> None:
    """As RFC 2046 has them; a name is in UTF-8, and a browser's path is none of ours."""
    data = form(('name="file"; filename="C:\\temp\\höhle.mp3"', b"")) + b"and more"
    assert await read(data, 3) == [("file", "höhle.mp3", b"")]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "breaks off"),
        (b"--a.b\r\nContent-Disposition: form-data; name=a\r\n\r\nx", "breaks off"),
        (form(('name="a"', b"x"))[:-6], "breaks off"),
        (form(("filename=x", b"x")), "has no name"),
        (b"--a.b\r\nX: y\r\n\r\n\r\n--a.b--", "has no name"),
        (b"--a.b\r\n" + b"x" * 40_000, "cannot be read: Maximum header size"),
        (b"--a.b\r\n" + b"x: y\r\n" * 100, "cannot be read: Maximum header count"),
        (b"hello", "cannot be read"),
        (b"--a.bcd\r\n\r\n", "cannot be read: Did not find CR"),
    ],
)
async def test_what_is_no_form_is_refused_in_a_sentence(data: bytes, why: str) -> None:
    """Without end or sense; nothing loops, nothing grows."""
    with pytest.raises(MalformedFormError, match=why):
        await read(data, 1_000)


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "multipart/form-data",
        "multipart/mixed; boundary=x",
        "multipart/form-data; boundary=",
    ],
)
def test_what_says_that_it_is_no_form_is_refused(kind: str) -> None:
    """Before anything is read."""
    with pytest.raises(MalformedFormError, match="multipart/form-data"):
        boundary_of(kind)


async def test_a_boundary_without_end_is_refused() -> None:
    """It is looked for in every piece."""
    with pytest.raises(MalformedFormError, match="exceeds maximum"):
        await read(b"", 1, "multipart/form-data; boundary=" + "x" * 300)
