"""The endpoints under /__emu__, by which tests set the scene and read the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from tests.emulator.clocks import VirtualClock, rfc3339
from tests.emulator.configuration import Configuration, Part
from tests.emulator.faults import FaultOrder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from tests.emulator.world import World

    Handler = Callable[[Request], Awaitable[Response]]


class ClockOrder(Part):
    """How far to move the clock, and whether it moves by itself."""

    advance_s: float = 0.0
    auto: bool | None = None


def explained(handler: Handler) -> Handler:
    """Return the handler with a 400 for orders that make no sense."""

    async def guard(request: Request) -> Response:
        try:
            return await handler(request)
        except (ValidationError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return guard


class Control:
    """Steers one world."""

    def __init__(self, world: World) -> None:
        """Steer the world."""
        self._world = world

    async def config(self, request: Request) -> Response:
        """GET shows the configuration; POST replaces the parts it names."""
        engine = self._world.engine
        if request.method == "POST":
            named = await request.json()
            held = engine.configuration.model_dump(mode="json")
            engine.configure(Configuration.model_validate({**held, **named}))
        return JSONResponse(engine.configuration.model_dump(mode="json"))

    async def faults(self, request: Request) -> Response:
        """GET shows how often each rule struck; POST replaces all rules."""
        engine = self._world.engine
        if request.method == "POST":
            engine.set_faults(FaultOrder.model_validate(await request.json()).rules)
        book = engine.faults
        rules = [rule.model_dump(mode="json") for rule in book.rules]
        return JSONResponse({"rules": rules, "struck": book.struck})

    async def clock(self, request: Request) -> Response:
        """GET tells the time; POST moves a virtual clock."""
        clock = self._world.clock
        if request.method == "POST":
            order = ClockOrder.model_validate(await request.json())
            if order.auto is not None:
                if not isinstance(clock, VirtualClock):
                    message = "only a virtual clock can move by itself"
                    raise ValueError(message)
                clock.set_auto(auto=order.auto)
            if order.advance_s:
                await clock.advance(order.advance_s)
                self._world.desk.work()
        now_s = clock.now()
        told = {"now_s": now_s, "now": rfc3339(now_s), "sleepers": clock.sleepers}
        return JSONResponse(told)

    async def ledger(self, request: Request) -> Response:
        """GET returns totals and rows; `?totals` leaves the rows out."""
        self._world.desk.work()
        ledger = self._world.engine.ledger
        shown: dict[str, object] = {"totals": ledger.totals()}
        if "totals" not in request.query_params:
            shown["rows"] = [row.view() for row in ledger.rows]
        return JSONResponse(shown)

    async def reset(self, request: Request) -> Response:  # noqa: ARG002 - the framework's signature
        """POST starts the world anew."""
        self._world.reset()
        return JSONResponse({"reset": True})
