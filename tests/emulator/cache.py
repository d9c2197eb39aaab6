"""The prompt cache: what a request reads, what it writes, and when either is visible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.emulator.layout import TTL_S

if TYPE_CHECKING:
    from tests.emulator.layout import Layout

LOOK_BACK_BLOCKS = 20


@dataclass(slots=True)
class Entry:
    """A cached prefix; `ttl_s` counts from the start of the last request that used it."""

    ttl_s: int
    expires_s: float


@dataclass(frozen=True, slots=True)
class Split:
    """How a prompt is billed: tokens read, written by TTL, and neither."""

    read: int
    creation_5m: int
    creation_1h: int
    input: int
    read_prefix: str | None
    writes: tuple[tuple[str, int], ...]

    @property
    def uncached(self) -> int:
        """Return what counts against the input limit."""
        return self.input + self.creation_5m + self.creation_1h


class PromptCache:
    """Entries by (scope, prefix); the scope is the workspace, model and settings."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: dict[tuple[str, str], Entry] = {}

    def split(self, scope: str, layout: Layout, min_tokens: int, now_s: float) -> Split:
        """Return what reading and writing would come to now; nothing is changed."""
        hit = self._hit(scope, layout, min_tokens, now_s)
        return self._split_after(hit, layout, min_tokens)

    def cold_split(self, layout: Layout, min_tokens: int) -> Split:
        """Return the split of a request that misses whatever is cached."""
        return self._split_after(None, layout, min_tokens)

    def commit(self, scope: str, split: Split, started_s: float) -> None:
        """Make the writes visible and refresh what was read; TTLs count from `started_s`."""
        entry = self._entries.get((scope, split.read_prefix)) if split.read_prefix else None
        if entry is not None:
            entry.expires_s = max(entry.expires_s, started_s + entry.ttl_s)
        for prefix, ttl_s in split.writes:
            self._entries[(scope, prefix)] = Entry(ttl_s, started_s + ttl_s)

    def _hit(self, scope: str, layout: Layout, min_tokens: int, now_s: float) -> int | None:
        for mark in reversed(layout.breakpoints):
            for index in range(mark, max(-1, mark - LOOK_BACK_BLOCKS), -1):
                piece = layout.pieces[index]
                entry = self._entries.get((scope, piece.prefix))
                if entry and now_s < entry.expires_s and piece.upto_tokens >= min_tokens:
                    return index
        return None

    def _split_after(self, hit: int | None, layout: Layout, min_tokens: int) -> Split:
        read = layout.pieces[hit].upto_tokens if hit is not None else 0
        done, created = read, {"5m": 0, "1h": 0}
        writes: list[tuple[str, int]] = []
        for mark in layout.breakpoints:
            piece = layout.pieces[mark]
            if (hit is not None and mark <= hit) or piece.upto_tokens < min_tokens:
                continue
            ttl = piece.ttl or "5m"
            created[ttl] += piece.upto_tokens - done
            done = piece.upto_tokens
            writes.append((piece.prefix, TTL_S[ttl]))
        prefix = layout.pieces[hit].prefix if hit is not None else None
        rest = layout.tokens - done
        return Split(read, created["5m"], created["1h"], rest, prefix, tuple(writes))
