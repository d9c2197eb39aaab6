"""Everything the server holds, made anew by a reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.emulator.batch_items import ItemWorker
from tests.emulator.batches import BatchDesk
from tests.emulator.engine import Engine

if TYPE_CHECKING:
    from tests.emulator.clocks import Clock
    from tests.emulator.configuration import Configuration
    from tests.emulator.responders import Logic


class World:
    """The engine, the batches, and the clock they share."""

    def __init__(self, clock: Clock, configuration: Configuration, logic: Logic | None) -> None:
        """Start with empty books."""
        self.clock = clock
        self._start = configuration
        self._logic = logic
        self.reset()

    def reset(self) -> None:
        """Forget everything but the clock, and go back to the first configuration."""
        self.engine = Engine(self.clock, self._start, self._logic)
        self.desk = BatchDesk(self.engine, ItemWorker(self.engine))
