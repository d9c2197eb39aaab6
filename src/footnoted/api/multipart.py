"""A form with a file in it (RFC 7578), read part by part as it comes: nothing is gathered.

    pieces of a request -> python-multipart -> parts, in order: each its names and its pieces

A part that was not read to its end is passed over when the next one is asked for.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator


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
    kind, parameters = parse_options_header(content_type)
    boundary = parameters.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        message = "a file is uploaded as multipart/form-data, with a boundary"
        raise MalformedFormError(message)
    return boundary


async def parts_of(stream: AsyncIterator[bytes], boundary: bytes) -> AsyncGenerator[Part]:
    """Yield the parts of a form in their order. Raises MalformedFormError."""
    reader = _Reader(stream, boundary)
    while isinstance(head := await reader.following(), dict):
        pieces = reader.pieces()
        yield _part(head, pieces)
        async for _ in pieces:
            pass


class _Reader:
    """What a parser found in the last piece of the stream, to be taken one after another."""

    def __init__(self, stream: AsyncIterator[bytes], boundary: bytes) -> None:
        self._stream = stream
        self._found: deque[dict[bytes, bytes] | bytes | None] = deque()
        self._name, self._value = bytearray(), bytearray()
        self._head: dict[bytes, bytes] = {}
        self._is_over = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_header_field": self._note_name,
                    "on_header_value": self._note_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_head,
                    "on_part_data": self._note_data,
                    "on_part_end": self._end_part,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise _malformed(error) from None

    async def following(self) -> dict[bytes, bytes] | bytes | None:
        """Return the headers of a part, a piece of it, or None at its end and that of the form."""
        while not self._found:
            if self._is_over:
                return None
            await self._more()
        return self._found.popleft()

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the rest of a part."""
        while isinstance(piece := await self.following(), bytes):
            yield piece

    async def _more(self) -> None:
        piece = await anext(self._stream, None)
        if piece is None:
            message = "the form breaks off before its end"
            raise MalformedFormError(message)
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise _malformed(error) from None

    def _note_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _note_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._head[bytes(self._name).lower()] = bytes(self._value)
        self._name, self._value = bytearray(), bytearray()

    def _end_head(self) -> None:
        self._found.append(self._head)
        self._head = {}

    def _note_data(self, data: bytes, start: int, end: int) -> None:
        self._found.append(data[start:end])

    def _end_part(self) -> None:
        self._found.append(None)

    def _end(self) -> None:
        self._is_over = True


def _part(head: dict[bytes, bytes], pieces: AsyncIterator[bytes]) -> Part:
    """Return a part by the name that its head gives it. Raises MalformedFormError."""
    kind, told = parse_options_header(head.get(b"content-disposition"))
    name, file_name = told.get(b"name"), told.get(b"filename")
    if kind != b"form-data" or not name:
        message = "a part of the form has no name"
        raise MalformedFormError(message)
    return Part(_text(name), None if file_name is None else _text(file_name), pieces)


def _text(told: bytes) -> str:
    return told.decode("utf-8", "replace")


def _malformed(error: FormParserError) -> MalformedFormError:
    return MalformedFormError(f"the form cannot be read: {error}")
