"""A process of the machine for the benches that stop, kill or freeze one.

    worker.py URL --posts FILE [--lease-s S] [--run-s MIN MAX] [--asks N] [--capacity N]

It runs the real loop and gateway over one stage whose model takes a while. Every request the model
gets is a line in FILE before it is answered (what a provider would bill), every save a row in
`bench_saves`. SIGTERM stops it as it stops the daemon; its last line is its outcomes as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import signal
import sys
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import structlog  # noqa: E402 - found through the path above
from sqlalchemy import text  # noqa: E402 - the same

from footnoted.clock import SystemClock  # noqa: E402 - the same
from footnoted.db.engine import make_engine  # noqa: E402 - the same
from footnoted.db.session import Database  # noqa: E402 - the same
from footnoted.llm.gateway import Gateway  # noqa: E402 - the same
from footnoted.llm.port import ModelRequest, RawAnswer, Usage  # noqa: E402 - the same
from footnoted.llm.purchase import Purchaser  # noqa: E402 - the same
from footnoted.llm.routes import Routes  # noqa: E402 - the same
from footnoted.llm.tasks import SegmentAnswer, SegmentTask  # noqa: E402 - the same
from footnoted.model.status import ItemKind, Resource  # noqa: E402 - the same
from footnoted.pipeline.askers import GatewayAskers  # noqa: E402 - the same
from footnoted.pipeline.loop import Loop  # noqa: E402 - the same
from footnoted.pipeline.plan import Mode, RunPlan  # noqa: E402 - the same
from footnoted.prompting import Prompt, RenderedPrompt  # noqa: E402 - the same
from tests.fakes.machine import machine, video_flow  # noqa: E402 - the same
from tests.fakes.stages import Parcel  # noqa: E402 - the same

if TYPE_CHECKING:
    from pydantic import BaseModel
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.llm.port import CallOptions
    from footnoted.stages.port import StageContext


@dataclass
class SlowModel:
    """Bills every request it gets, then takes its time."""

    posts: Path
    seconds: tuple[float, float]
    name: str = "slow"
    is_free: bool = True
    parameters: dict[str, str] = field(default_factory=dict)

    async def count_input(self, request: ModelRequest[BaseModel]) -> int | None:
        """Return nothing: it can't count."""
        del request
        return None

    def batch_params(self, request: ModelRequest[BaseModel]) -> None:
        """Return that there are no batches here."""
        del request

    async def answer(self, request: ModelRequest[BaseModel], options: CallOptions) -> RawAnswer:
        """Return an empty answer after a random while."""
        del options
        with self.posts.open("a") as ledger:
            ledger.write(f"{os.getpid()} {request.label}\n")
        await asyncio.sleep(random.uniform(*self.seconds))
        return RawAnswer('{"topics": []}', "end_turn", Usage(), self.name)


class AskStage:
    """Asks a few things about a video and saves that it did."""

    name: ClassVar[str] = "ask"
    version: ClassVar[int] = 1
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = "indexed"
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 600.0
    given_type: ClassVar[type[Parcel]] = Parcel
    parts: ClassVar[dict[str, str]] = {}

    def __init__(self, asks: int) -> None:
        """Ask `asks` questions per video."""
        self._asks = asks

    async def load(self, session: AsyncConnection, item_id: int) -> Parcel:
        """Return the parcel of the video."""
        del session
        return Parcel(item_id=item_id)

    async def run(self, given: Parcel, context: StageContext) -> Parcel:
        """Return the parcel once every question is answered."""
        await context.asker.ask_all(
            [
                ModelRequest(
                    label=f"{given.item_id}-{n}",
                    task=SegmentTask(language=None, cues=()),
                    answer=SegmentAnswer,
                    prompt=RenderedPrompt("", f"{given.item_id} {n}", "0"),
                    max_tokens_out=10,
                )
                for n in range(self._asks)
            ]
        )
        return given

    async def save(self, session: AsyncConnection, item_id: int, out: Parcel) -> None:
        """Note that this process saved the video."""
        del out
        await session.execute(
            text("INSERT INTO bench_saves (item_id, pid) VALUES (:item, :pid)"),
            {"item": item_id, "pid": os.getpid()},
        )


def arguments() -> argparse.Namespace:
    """Return what the bench asks of this process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--posts", type=Path, required=True)
    parser.add_argument("--lease-s", type=float, default=60.0)
    parser.add_argument("--run-s", type=float, nargs=2, default=(0.01, 0.05))
    parser.add_argument("--asks", type=int, default=1)
    parser.add_argument("--capacity", type=int, default=10)
    parser.add_argument("--drain", action="store_true")
    return parser.parse_args()


def _askers(database: Database, model: SlowModel) -> GatewayAskers:
    """Return what stages ask through: one model, which the journal takes for a free one."""
    routes, repair = Routes((model,)), Prompt("repair", "", "{{complaint}}", "0")
    purchaser = Purchaser(database, SystemClock(), None)
    return GatewayAskers(Gateway(database, routes, purchaser, repair), routes)


async def main(asked: argparse.Namespace) -> None:
    """Run the loop until SIGTERM, or until nothing is due."""
    engine = make_engine(asked.url, application_name=f"worker {os.getpid()}", pool_size=12)
    database = Database(engine)
    model = SlowModel(asked.posts, tuple(asked.run_s))
    deps = machine(
        database,
        [video_flow(AskStage(asked.asks))],  # type: ignore[arg-type]
        lease=timedelta(seconds=asked.lease_s),
        shutdown_grace_s=30,
        capacity={Resource.MODEL: asked.capacity},
    )
    deps = replace(deps, askers=_askers(database, model))
    loop = Loop(deps, RunPlan(Mode.DRAIN if asked.drain else Mode.FOREVER))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, loop.stop)
    print("ready", flush=True)
    report = await loop.run()
    await engine.dispose()
    print(json.dumps(report.outcomes), flush=True)


structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
asyncio.run(main(arguments()))
