"""A process that asks the gateway question after question, as many at once as it is told.

An order of bench/clocked.py with `asks`: `first`, `last`, `concurrent`, `timeout_s` and
`refusals` (a file for the times at which a cap was in the way). It is the
program without stages: the real gateway, journal, budgets, limits and SDK. A question that has to
wait is asked again a little later, so that whatever room a cap has left is used.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TextIO

from footnoted import app
from footnoted.errors import BudgetExceededError, FootnotedError
from footnoted.ledger import store as journal
from footnoted.llm.call import CallScope
from footnoted.llm.gateway import Gateway
from footnoted.llm.port import ModelRequest
from footnoted.llm.purchase import Purchaser
from footnoted.llm.tasks import SegmentAnswer, SegmentTask
from footnoted.prompting import Prompt, RenderedPrompt
from footnoted.settings import load_settings
from footnoted.telemetry import configure_logging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from footnoted.clock import Clock

MAX_TOKENS = 1_500
AGAIN_S = 0.05
"""Real seconds until a question that has to wait is asked again."""


def question(number: int) -> ModelRequest[Any]:
    """Return the question of a number."""
    return ModelRequest(
        label="question",
        task=SegmentTask(language=None, cues=()),
        answer=SegmentAnswer,
        prompt=RenderedPrompt("Answer.", f"question {number}: " + "word " * (number % 97), "0"),
        max_tokens_out=MAX_TOKENS,
    )


async def work(gateway: Gateway, numbers: Iterator[int], clock: Clock, refusals: TextIO) -> None:
    """Ask question after question, each until it is answered; note when a cap is in the way."""
    for number in numbers:
        asker = gateway.asker(CallScope("video", number, "segment"))
        while True:
            try:
                await asker.ask_all([question(number)])
                break
            except BudgetExceededError:
                refusals.write(f"{clock.now().isoformat()}\n")
                refusals.flush()
                await asyncio.sleep(AGAIN_S * (1 + number % 7))
            except FootnotedError:
                await asyncio.sleep(AGAIN_S)


async def ask(order: dict[str, Any]) -> None:
    """Ask the questions of an order."""
    settings = load_settings(os.environ).settings
    configure_logging(settings)
    async with app.open_storage(settings) as storage:
        models = app.make_models(storage, None)
        await models.load()
        async with storage.database.transaction() as session:
            await journal.release_orphans(session, ())
        repair = Prompt("repair", "", "{{complaint}}", "0")
        assert models.till is not None
        till = replace(models.till, timeout_s=order["timeout_s"])
        purchaser = Purchaser(storage.database, storage.clock, till)
        gateway = Gateway(storage.database, models.routes, purchaser, repair)
        numbers = iter(range(order["first"], order["last"]))
        with open(order["refusals"], "a", encoding="utf-8") as refusals:  # noqa: ASYNC230, PTH123 - a line at a time
            clock = storage.clock
            await asyncio.gather(
                *(work(gateway, numbers, clock, refusals) for _ in range(order["concurrent"]))
            )
        await models.close()
