"""The fixed pause between two videos that called a paid model, for those who want one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from footnoted.errors import TransientError

if TYPE_CHECKING:
    from footnoted.clock import Clock

_WORTH_WAITING_S = 3.0
_SHORTEST_SLEEP_S = 0.001


class Spacing:
    """Lets the calls of one item flow, and another item in `sleep_s` after the last of them."""

    def __init__(self, clock: Clock, sleep_s: float) -> None:
        """Begin with nobody; 0 seconds: everybody may pass."""
        self._clock = clock
        self._sleep_s = sleep_s
        self._inside: Counter[str] = Counter()
        self._last: tuple[str, float] | None = None

    async def enter(self, item: str) -> None:
        """Return when `item` may make a paid call; follow it by `left`.

        Raises TransientError (`inter_video_sleep`) when that is more than a few seconds away.
        """
        if self._sleep_s <= 0:
            return
        while (wait_s := self._wait_s(item)) > 0:
            if wait_s > _WORTH_WAITING_S or self._is_another_inside(item):
                message = "another video called a model a moment ago"
                raise TransientError(
                    message, wait_reason="inter_video_sleep", retry_after_s=wait_s, concerns=item
                )
            await self._clock.sleep(max(_SHORTEST_SLEEP_S, wait_s))
        self._inside[item] += 1

    def left(self, item: str, *, called: bool = True) -> None:
        """Note that a call is over; one that was not made after all (`called`) spaces nothing."""
        if self._sleep_s <= 0:
            return
        self._inside[item] -= 1
        self._inside = +self._inside
        if called:
            self._last = (item, self._clock.monotonic_s())

    def _wait_s(self, item: str) -> float:
        if self._is_another_inside(item):
            return self._sleep_s
        if self._last is None or self._last[0] == item:
            return 0.0
        return self._last[1] + self._sleep_s - self._clock.monotonic_s()

    def _is_another_inside(self, item: str) -> bool:
        return any(other != item for other in self._inside)
