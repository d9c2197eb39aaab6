"""A form with a file in it (RFC 7578), read part by part as it comes: nothing is gathered.

    pieces of a request -> parts, in order -> each its name, its file name, and its pieces

A part that was not read to its end is passed over when the next one is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

MAX_HEAD_BYTES = 16 * 1024
MAX_BOUNDARY_CHARS = 70
"""The longest boundary that RFC 2046 (section 5.1.1) allows."""


class MalformedFormError(Exception):
    """The request is no form that can be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """One field: its name, the name of its file if it is one, and its content, to be read once."""

    name: str
    file_name: str | None
    pieces: AsyncIterator[bytes]


def boundary_of(content_type: str) -> bytes:
    """Return what stands between the parts. Raises MalformedFormError."""
    kind, parameters = _header(content_type)
    boundary = parameters.get("boundary", "")
    is_form = kind == "multipart/form-data"
    if not is_form or not 0 < len(boundary) <= MAX_BOUNDARY_CHARS or not boundary.isascii():
        message = "a file is uploaded as multipart/form-data, with a boundary"
        raise MalformedFormError(message)
    return b"\r\n--" + boundary.encode("ascii")


async def parts_of(stream: AsyncIterator[bytes], boundary: bytes) -> AsyncGenerator[Part]:
    """Yield the parts of a form in their order. Raises MalformedFormError."""
    reader = _Reader(stream, boundary)
    async for _ in reader.to_boundary():
        pass  # a preamble is for readers of another time
    while not await reader.is_end():
        name, file_name = _named(await reader.head())
        pieces = reader.to_boundary()
        yield Part(name, file_name, pieces)
        async for _ in pieces:
            pass


class _Reader:
    """Bytes on their way in; at most a boundary's length of them is held back."""

    def __init__(self, stream: AsyncIterator[bytes], boundary: bytes) -> None:
        self._stream, self._boundary = stream, boundary
        self._held = bytearray(b"\r\n")  # so that the first boundary is like the others

    async def to_boundary(self) -> AsyncGenerator[bytes]:
        """Yield what stands before the next boundary, which is passed."""
        while (at := self._held.find(self._boundary)) < 0:
            free = len(self._held) - len(self._boundary) + 1
            if free > 0:
                yield self._drop(free)
            await self._more()
        if at:
            yield self._drop(at)
        self._drop(len(self._boundary))

    async def is_end(self) -> bool:
        """Return whether the boundary that was passed is the last; else its line is passed."""
        while len(self._held) < 2:  # noqa: PLR2004 - `--` or an end of line
            await self._more()
        if self._held.startswith(b"--"):
            return True
        await self._to_line_end()
        return False

    async def head(self) -> bytes:
        """Return the headers of a part, the empty line after them passed."""
        while (at := self._held.find(b"\r\n\r\n")) < 0:
            if len(self._held) > MAX_HEAD_BYTES:
                message = "the headers of a part are too long"
                raise MalformedFormError(message)
            await self._more()
        head = self._drop(at)
        self._drop(4)
        return head

    async def _to_line_end(self) -> None:
        while (at := self._held.find(b"\r\n")) < 0:
            if len(self._held) > MAX_HEAD_BYTES:
                message = "a boundary is followed by something else"
                raise MalformedFormError(message)
            await self._more()
        if self._drop(at).strip(b" \t"):
            message = "a boundary is followed by something else"
            raise MalformedFormError(message)
        self._drop(2)

    async def _more(self) -> None:
        piece = await anext(self._stream, None)
        if piece is None:
            message = "the form breaks off before its end"
            raise MalformedFormError(message)
        self._held += piece

    def _drop(self, count: int) -> bytes:
        dropped = bytes(self._held[:count])
        del self._held[:count]
        return dropped


def _named(head: bytes) -> tuple[str, str | None]:
    """Return the name of a part and that of its file. Raises MalformedFormError."""
    for line in head.decode("utf-8", "replace").split("\r\n"):
        label, _, value = line.partition(":")
        if label.strip().lower() == "content-disposition":
            kind, parameters = _header(value)
            if kind == "form-data" and parameters.get("name"):
                return parameters["name"], parameters.get("filename")
    message = "a part of the form has no name"
    raise MalformedFormError(message)


def _header(value: str) -> tuple[str, dict[str, str]]:
    """Return a header's value and its parameters; quotes are taken off."""
    message = Message()
    message["content-type"] = " ".join(value.split())
    found = message.get_params(failobj=[])
    if not found:
        return "", {}
    told = [(str(name).lower(), str(told)) for name, told in found]
    return told[0][0], dict(told[1:])
