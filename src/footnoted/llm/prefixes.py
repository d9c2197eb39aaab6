"""When a cached prompt prefix pays, and who writes it: one call alone, then the others read it.

An entry is readable only once the answer of the call that writes it has begun, so a fan-out of N
equal prefixes would write it N times. A write costs 1.25 times the input and a read a tenth of it
or less: two uses within the five minutes of an entry pay. In a batch nobody says who goes first;
there a prefix is marked in every call, and pays when more than one call in four and a half hits.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.clock import Clock

_TTL_S = 285.0
_KEPT = 1_000


@dataclass(slots=True)
class _Prefix:
    used_at_s: float | None = None
    warm_until_s: float = 0.0
    writing: asyncio.Event | None = None


@dataclass(frozen=True, slots=True)
class PrefixUse:
    """How a call uses its prefix. `settle` is called when its answer has begun, or has failed."""

    caches: bool = False
    is_warm: bool = False
    settle: Callable[[bool], None] = field(default=lambda _: None)


class Prefixes:
    """Remembers which prefixes were used within the life of a cache entry."""

    def __init__(self, clock: Clock) -> None:
        """Start with no prefix known."""
        self._clock = clock
        self._known: dict[str, _Prefix] = {}

    async def use(self, key: str, *, siblings: int) -> PrefixUse:
        """Return how to use a prefix that `siblings` calls of this wave share.

        Waits while another call is writing it.
        """
        prefix = self._known.setdefault(key, _Prefix())
        while True:
            now_s = self._clock.monotonic_s()
            is_recent = self._is_recent(prefix)
            prefix.used_at_s = now_s
            if now_s < prefix.warm_until_s:
                prefix.warm_until_s = now_s + _TTL_S
                return PrefixUse(caches=True, is_warm=True)
            if prefix.writing is not None:
                await prefix.writing.wait()
                continue
            if siblings < 2 and not is_recent:  # noqa: PLR2004 - two uses pay, as said above
                self._forget_some()
                return PrefixUse()
            return self._written_by_caller(prefix)

    def is_shared(self, key: str, *, siblings: int) -> bool:
        """Return whether others use a prefix too: `siblings` of this wave, or somebody just now."""
        prefix = self._known.setdefault(key, _Prefix())
        is_recent = self._is_recent(prefix)
        prefix.used_at_s = self._clock.monotonic_s()
        self._forget_some()
        return is_recent or siblings >= 2  # noqa: PLR2004 - as above

    def _is_recent(self, prefix: _Prefix) -> bool:
        used_at_s = prefix.used_at_s
        return used_at_s is not None and self._clock.monotonic_s() - used_at_s < _TTL_S

    def _written_by_caller(self, prefix: _Prefix) -> PrefixUse:
        writing = prefix.writing = asyncio.Event()
        return PrefixUse(
            caches=True, settle=lambda is_good: self._written(prefix, writing, is_good=is_good)
        )

    def _written(self, prefix: _Prefix, writing: asyncio.Event, *, is_good: bool) -> None:
        if prefix.writing is not writing:
            return  # told before
        prefix.writing = None
        if is_good:
            prefix.warm_until_s = self._clock.monotonic_s() + _TTL_S
        writing.set()

    def _forget_some(self) -> None:
        if len(self._known) > _KEPT:
            idle = [key for key, prefix in self._known.items() if prefix.writing is None]
            for key in idle[: _KEPT // 2]:
                del self._known[key]
