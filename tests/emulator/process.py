"""The process: reads the command line, binds a loopback port, prints its address, serves."""

from __future__ import annotations

import argparse
import json
import socket
import sys
from pathlib import Path

import uvicorn

from tests.emulator.application import application
from tests.emulator.clocks import RealClock, VirtualClock
from tests.emulator.configuration import Configuration
from tests.emulator.connections import KeptProtocol
from tests.emulator.responders import loaded_logic
from tests.emulator.world import World

BACKLOG = 2_048


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--clock", choices=("real", "virtual", "auto"), default="real")
    parser.add_argument("--scale", type=float, default=1.0, help="emulated s per real s")
    parser.add_argument("--logic", type=Path, help="Python file with answer(request)")
    parser.add_argument("--config", type=Path, help="JSON file, as for POST /__emu__/config")
    return parser.parse_args()


def _world(arguments: argparse.Namespace) -> World:
    named = json.loads(arguments.config.read_text()) if arguments.config else {}
    configuration = Configuration.model_validate({"seed": arguments.seed, **named})
    logic = loaded_logic(arguments.logic) if arguments.logic else None
    real = arguments.clock == "real"
    clock = RealClock(arguments.scale) if real else VirtualClock(auto=arguments.clock == "auto")
    return World(clock, configuration, logic)


def main() -> None:
    """Serve until interrupted; the first line printed is the address."""
    arguments = _arguments()
    app = application(_world(arguments))
    listener = socket.create_server(("127.0.0.1", arguments.port), backlog=BACKLOG)
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        app, http=KeptProtocol, log_level="error", access_log=False, lifespan="off"
    )
    uvicorn.Server(config).run(sockets=[listener])
