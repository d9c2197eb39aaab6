"""Runs the program again and again, each time in a process of its own, some of which die on cue.

Reads one JSON object a line: `environment`, `asked` (a file), and perhaps `stage`, `point` and
`nth`. For each it forks and runs `footnoted run --drain`; at the n-th time that the stage comes to
that point, the process ends like a killed one, nothing flushed and nothing told. It answers with
the exit code. Forking spares each start the second that the imports take; the parent has no event
loop, no thread and no connection.

    before_reserve   the calls are hashed, none is in the journal
    before_send      journaled as sent, and the model not asked; an answer that is lost on its way
                     leaves the same rows behind
    after_answer     an answer is committed to the journal
    before_save      the stage has run, nothing of its output is written
    after_save       output, status and event are committed

Whatever the model is asked is a line in the file `asked`: what a provider would have billed.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from footnoted import __main__ as program
from footnoted import daemon as _daemon  # noqa: F401 - imported once, for every fork
from footnoted.api import server as _server  # noqa: F401 - the same
from footnoted.ledger import store as journal
from footnoted.llm.extractive import Extractive
from footnoted.llm.identity import request_sha256
from footnoted.llm.tasks import (
    ClassifyTask,
    ExtractTask,
    MergeTask,
    SegmentTask,
    SubtopicTask,
    SynthesizeTask,
)
from footnoted.pipeline import process_one

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.llm.port import RawAnswer

KILLED = 137
STAGES = {
    SegmentTask: "segment",
    ExtractTask: "extract",
    ClassifyTask: "classify",
    SubtopicTask: "classify",
    SynthesizeTask: "compose",
    MergeTask: "compose",
}

STAGE_OF_CALL = text("SELECT stage FROM llm_calls WHERE id = :id")


@dataclass
class Reaper:
    """Ends the process the n-th time that its stage comes to its point."""

    stage: str
    point: str
    left: int

    def pass_by(self, stage: str, point: str) -> None:
        """Let `stage` go on from `point`, or not."""
        if (stage, point) == (self.stage, self.point):
            self.left -= 1
            if self.left == 0:
                os._exit(KILLED)


def replace(owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
    """Put what `wrap` makes of an attribute in its place."""
    setattr(owner, name, wrap(getattr(owner, name)))


def watch_the_model(asked: Path, reaper: Reaper | None) -> None:
    """Note every question before it is answered."""

    def wrap(answer: Any) -> Any:
        async def wrapped(self: Extractive, request: Any, options: Any) -> RawAnswer:
            if reaper is not None:
                reaper.pass_by(STAGES[type(request.task)], "before_send")
            with asked.open("a", encoding="utf-8") as ledger:
                ledger.write(request_sha256(self, request) + "\n")
            return await answer(self, request, options)

        return wrapped

    replace(Extractive, "answer", wrap)


def watch_the_journal(reaper: Reaper) -> None:
    """Pass by before calls are reserved, and once an answer is committed."""

    def wrap_reserve(reserve: Any) -> Any:
        async def wrapped(session: Any, draft: Any, taking: Any) -> Any:
            reaper.pass_by(draft.stage, "before_reserve")
            return await reserve(session, draft, taking)

        return wrapped

    def wrap_settle(settle: Any) -> Any:
        async def wrapped(
            session: Any, call_id: int, settlement: Any, now: Any, *, holds: bool
        ) -> None:
            await settle(session, call_id, settlement, now, holds=holds)
            stage = await session.scalar(STAGE_OF_CALL, {"id": call_id})
            if (stage, "after_answer") == (reaper.stage, reaper.point):
                await session.commit()
            reaper.pass_by(stage, "after_answer")

        return wrapped

    replace(journal, "reserve", wrap_reserve)
    replace(journal, "settle", wrap_settle)


def watch_the_saves(reaper: Reaper) -> None:
    """Pass by on both sides of the transaction that writes an output."""

    def wrap(save_output: Any) -> Any:
        async def wrapped(claim: Any, stage: Any, out: Any, deps: Any) -> Any:
            reaper.pass_by(stage.name, "before_save")
            outcome = await save_output(claim, stage, out, deps)
            reaper.pass_by(stage.name, "after_save")
            return outcome

        return wrapped

    replace(process_one, "save_output", wrap)


def run(case: dict[str, Any]) -> None:
    """Become `footnoted run --drain`, and perhaps die of it."""
    os.environ.update(case["environment"])
    sys.argv = ["footnoted", "run", "--drain"]
    reaper = None
    if "point" in case:
        reaper = Reaper(case["stage"], case["point"], case["nth"])
        watch_the_journal(reaper)
        watch_the_saves(reaper)
    watch_the_model(Path(case["asked"]), reaper)
    with Path(case["log"]).open("a", encoding="utf-8") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    program.main()


def main() -> None:
    """Fork for each case; answer with its exit code."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                run(json.loads(line))
            except SystemExit as end:
                code = int(end.code or 0)
            finally:
                sys.stdout.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
