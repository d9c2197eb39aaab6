"""A request as the model reads it: blocks in the order tools, system, messages; breakpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.emulator.chance import digest
from tests.emulator.tokens import (
    FORMAT_OVERHEAD,
    MESSAGE_OVERHEAD,
    TOOLS_OVERHEAD,
    block_tokens,
)

TTL_S = {"5m": 300, "1h": 3600}


@dataclass(frozen=True, slots=True)
class Piece:
    """One block: the hash of everything up to and with it, tokens up to and with it, its TTL."""

    prefix: str
    upto_tokens: int
    ttl: str | None


@dataclass(frozen=True, slots=True)
class Layout:
    """All blocks of a request, in order."""

    pieces: tuple[Piece, ...]

    @property
    def tokens(self) -> int:
        """Return the tokens of the whole prompt."""
        return self.pieces[-1].upto_tokens if self.pieces else 0

    @property
    def hash(self) -> str:
        """Return the hash of the whole prompt."""
        return self.pieces[-1].prefix if self.pieces else digest()

    @property
    def breakpoints(self) -> list[int]:
        """Return the indices of the blocks that carry a breakpoint, in order."""
        return [index for index, piece in enumerate(self.pieces) if piece.ttl is not None]


def ttl_of(block: object) -> str | None:
    """Return `5m` or `1h` for a block with a breakpoint."""
    control = block.get("cache_control") if isinstance(block, dict) else None
    return control.get("ttl", "5m") if isinstance(control, dict) else None


def blocks_of(content: object) -> list[Any]:
    """Return content as a list of blocks."""
    if content is None:
        return []
    return list(content) if isinstance(content, list) else [{"type": "text", "text": content}]


def _raw_pieces(body: dict[str, Any]) -> list[tuple[str, object, int]]:
    """Return (place, block, tokens) for every block."""
    pieces: list[tuple[str, object, int]] = []
    for index, tool in enumerate(body.get("tools") or []):
        overhead = TOOLS_OVERHEAD if index == 0 else 0
        pieces.append(("tool", tool, block_tokens(tool) + overhead))
    schema = ((body.get("output_config") or {}).get("format") or {}).get("schema")
    if schema is not None:
        pieces.append(("format", schema, block_tokens(schema) + FORMAT_OVERHEAD))
    pieces += [("system", block, block_tokens(block)) for block in blocks_of(body.get("system"))]
    for message in body.get("messages") or []:
        for index, block in enumerate(blocks_of(message["content"])):
            overhead = MESSAGE_OVERHEAD if index == 0 else 0
            pieces.append((message["role"], block, block_tokens(block) + overhead))
    return pieces


def _bare(block: object) -> object:
    if isinstance(block, dict):
        return {key: value for key, value in block.items() if key != "cache_control"}
    return block


def layout_of(body: dict[str, Any]) -> Layout:
    """Return the layout of a request; a top-level cache_control marks the last block."""
    raw = _raw_pieces(body)
    pieces: list[Piece] = []
    prefix, upto = "", 0
    for place, block, tokens in raw:
        prefix = digest(prefix, place, _bare(block))
        upto += tokens
        ttl = ttl_of(block) if place != "format" else None
        pieces.append(Piece(prefix, upto, ttl))
    automatic = ttl_of(body)
    if pieces and automatic is not None and pieces[-1].ttl is None:
        pieces[-1] = Piece(prefix, upto, automatic)
    return Layout(tuple(pieces))
