"""How many calls of a class may be out at once: additive increase, multiplicative decrease."""

from __future__ import annotations

_STEP = 4.0


class Window:
    """Grows by one per answer until the first cut, then by a few per window of answers.

    The shape is that of TCP's congestion window (RFC 5681): slow start, then avoidance. It grows by
    more than one there because the buckets pace calls too, and a round of answers takes long.
    """

    def __init__(self, start: int, ceiling: int) -> None:
        """Begin with `start` calls, never more than `ceiling`."""
        self._ceiling = float(ceiling)
        self._size = float(max(1, min(start, ceiling)))
        self._was_cut = False

    @property
    def size(self) -> int:
        """Return how many calls may be out; at least one."""
        return int(self._size)

    def answered(self, *, in_use: bool) -> None:
        """Grow, where all that was allowed was also used."""
        if in_use:
            step = min(1.0, _STEP / self._size) if self._was_cut else 1.0
            self._size = min(self._ceiling, self._size + step)

    def refused(self) -> None:
        """Halve; the caller does so once for all calls that were out together."""
        self._size = max(1.0, self._size / 2)
        self._was_cut = True
