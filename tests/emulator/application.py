"""The ASGI application: which path leads where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Route

from tests.emulator.api import Api
from tests.emulator.control import Control, explained

if TYPE_CHECKING:
    from tests.emulator.world import World

BATCHES = "/v1/messages/batches"


def application(world: World) -> Starlette:
    """Return the server's application over a world."""
    api, control = Api(world), Control(world)
    served = (
        ("POST", "/v1/messages", api.messages),
        ("POST", "/v1/messages/count_tokens", api.count_tokens),
        ("POST", BATCHES, api.create_batch),
        ("GET", BATCHES, api.batches),
        ("GET", f"{BATCHES}/{{batch_id}}", api.batch),
        ("DELETE", f"{BATCHES}/{{batch_id}}", api.delete_batch),
        ("POST", f"{BATCHES}/{{batch_id}}/cancel", api.cancel_batch),
        ("GET", f"{BATCHES}/{{batch_id}}/results", api.batch_results),
        ("GET", "/v1/models", api.models),
        ("GET", "/v1/models/{model_id}", api.model),
    )
    steered = (
        (["GET", "POST"], "config", control.config),
        (["GET", "POST"], "faults", control.faults),
        (["GET", "POST"], "clock", control.clock),
        (["GET"], "ledger", control.ledger),
        (["POST"], "reset", control.reset),
    )
    routes = [Route(path, api.guarded(handler), methods=[verb]) for verb, path, handler in served]
    routes += [
        Route(f"/__emu__/{name}", explained(handler), methods=verbs)
        for verbs, name, handler in steered
    ]
    return Starlette(routes=routes)
