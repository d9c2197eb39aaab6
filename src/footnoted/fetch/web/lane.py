"""The requests to one host of this process: so many at once, the others in line. No I/O."""

from __future__ import annotations

import asyncio
from collections import deque


class Lane:
    """Places at one host, given in the order in which they were asked for.

    While `on_trial`, because the host refused of late, there is one place only.
    """

    def __init__(self, connections: int) -> None:
        """Give at most `connections` places at once."""
        self.on_trial = False
        self._connections = connections
        self._out = 0
        self._moved_at_s = float("-inf")
        self._line: deque[asyncio.Future[None]] = deque()

    @property
    def is_idle(self) -> bool:
        """Return whether nobody has a place or waits for one."""
        return self._out == 0 and not self._line

    async def enter(self, patience_s: float, now_s: float) -> None:
        """Return with a place. Raises TimeoutError when there is none in time.

        That is at once where nobody came or went for so long: whoever is there stays for long, and
        waiting for it would keep others from asking other hosts.
        """
        if self._out < self._places and not self._line:
            self._out += 1
            self._moved_at_s = now_s
            return
        if now_s - self._moved_at_s > patience_s:
            raise TimeoutError
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            async with asyncio.timeout(patience_s):
                await turn
        except BaseException:
            if turn.done() and not turn.cancelled():  # it was given in the same moment
                self.leave(self._moved_at_s)
            elif turn in self._line:
                self._line.remove(turn)
            raise

    def leave(self, now_s: float) -> None:
        """Give a place back, to who is next."""
        self._out -= 1
        self._moved_at_s = now_s
        while self._line and self._out < self._places:
            turn = self._line.popleft()
            if not turn.done():
                self._out += 1
                turn.set_result(None)

    @property
    def _places(self) -> int:
        return 1 if self.on_trial else self._connections
