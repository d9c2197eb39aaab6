"""Figure R2: the program dies at every commit point of every stage, and loses and doubles nothing.

Each case is a database of its own: the program drains a followed folder and dies at the point, the
program is started again, and what stands there afterwards is what an undisturbed drain makes. The
second process asks the model nothing whose answer was in the journal when the first one died.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.clock import SystemClock
from footnoted.db import embedded
from footnoted.db.engine import connect, make_engine
from footnoted.db.migrate import upgrade
from footnoted.db.session import Database
from footnoted.sources.follow import NewSource, add_source
from tests.acceptance.crash_worker import KILLED
from tests.acceptance.stored_content import answered_in, content_of
from tests.integration.conftest import QUICK, named, open_temporary_directory

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

pytestmark = pytest.mark.endurance

SAMPLES = ("low-ceiling-02-vocal-chain.en.srt", "low-ceiling-04-your-questions.en.vtt")
SAVES = ("before_save", "after_save")
CALLS = ("before_reserve", "before_send", "after_answer")
POINTS = [
    *itertools.product(("poll", "transcribe", "index"), SAVES),
    *itertools.product(("segment", "extract", "classify", "compose"), (*CALLS, *SAVES)),
]
TEMPLATE = "crash_points"


@dataclass
class Machine:
    """A server with a database in which a folder is followed, and what runs the program."""

    folder: Path
    url: str
    worker: subprocess.Popen[str]
    made: Iterator[int] = field(default_factory=itertools.count)

    @contextmanager
    def open_case(self) -> Generator[Case]:
        """Give a case with its own copy of the database and its own data directory."""
        name = f"case_{next(self.made)}"
        home = self.folder / name
        asyncio.run(_execute(self.url, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
        home.mkdir()
        yield Case(self.worker, home, named(self.url, name))
        asyncio.run(_execute(self.url, f"DROP DATABASE {name} WITH (FORCE)"))
        shutil.rmtree(home)


@dataclass(frozen=True)
class Case:
    """One database and the program that is run on it."""

    worker: subprocess.Popen[str]
    home: Path
    url: str

    def drain(self, **dies: Any) -> int:
        """Return the exit code of a drain, which may be told where to die."""
        case = {
            "environment": {
                "FOOTNOTED_DATA_DIR": str(self.home / "data"),
                "FOOTNOTED_DATABASE_URL": self.url.replace("+asyncpg", ""),
                "FOOTNOTED_FILE_SETTLE_S": "0",
            },
            "asked": str(self.home / "asked"),
            "log": str(self.home / "log"),
            **dies,
        }
        assert self.worker.stdin is not None
        assert self.worker.stdout is not None
        self.worker.stdin.write(json.dumps(case) + "\n")
        self.worker.stdin.flush()
        return int(self.worker.stdout.readline())

    def asked(self) -> list[str]:
        """Return the hash of every question the model got since this was last called."""
        path = self.home / "asked"
        hashes = path.read_text(encoding="utf-8").split() if path.exists() else []
        path.unlink(missing_ok=True)
        return hashes

    def content(self) -> dict[str, list[str]]:
        """Return what the database holds."""
        return asyncio.run(content_of(self.url))

    def answered(self) -> set[str]:
        """Return the questions whose answers are journaled."""
        return asyncio.run(answered_in(self.url))

    def log(self) -> str:
        """Return what the program told last."""
        return (self.home / "log").read_text(encoding="utf-8")[-2_000:]


@pytest.fixture(scope="module")
def machine(project_root: Path) -> Iterator[Machine]:
    """Return a server whose template database follows a folder of samples that is due."""
    with ExitStack() as stack:
        folder = stack.enter_context(open_temporary_directory())
        library = folder / "library"
        library.mkdir()
        for name in (*SAMPLES, "metadata.csv"):
            shutil.copy(project_root / "samples" / name, library / name)
        server = embedded.start(folder / "server", options=QUICK)
        stack.callback(embedded.stop, server)
        asyncio.run(_execute(server.url, f"CREATE DATABASE {TEMPLATE}"))
        asyncio.run(_follow(named(server.url, TEMPLATE), library))
        worker = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "tests.acceptance.crash_worker"],
                cwd=project_root,
                env=_environment(project_root),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        stack.callback(worker.kill)
        yield Machine(folder, server.url, worker)


@pytest.fixture
def case(machine: Machine) -> Iterator[Case]:
    """Return a database in which nothing is done yet, and the program for it."""
    with machine.open_case() as opened:
        yield opened


@pytest.fixture(scope="module")
def undisturbed(machine: Machine) -> dict[str, list[str]]:
    """Return what a drain makes that nothing disturbs."""
    with machine.open_case() as case:
        assert case.drain() == 0, case.log()
        content, asked = case.content(), case.asked()
    statuses = [json.loads(video)["status"] for video in content["videos"]]
    assert statuses == ["indexed"] * len(SAMPLES)
    assert content["claims"], "nothing was published: there is nothing to lose"
    journaled = [json.loads(call)["request_sha256"] for call in content["calls"]]
    assert sorted(asked) == sorted(journaled)
    return content


def test_two_undisturbed_drains_make_the_same(
    case: Case, undisturbed: dict[str, list[str]]
) -> None:
    """Or the comparison below would say nothing."""
    assert case.drain() == 0, case.log()
    assert case.content() == undisturbed


@pytest.mark.parametrize(("stage", "point"), POINTS)
def test_a_death_at_a_commit_point_loses_and_doubles_nothing(
    case: Case, undisturbed: dict[str, list[str]], stage: str, point: str
) -> None:
    """At its second video, or in the middle of its calls; there is but one source and one group."""
    nth = 1 if stage in {"poll", "compose"} else 2
    assert case.drain(stage=stage, point=point, nth=nth) == KILLED, case.log()
    case.asked()
    answered = case.answered()
    assert case.drain() == 0, case.log()
    asked = case.asked()
    assert (answered & set(asked), len(asked)) == (set(), len(set(asked)))
    assert case.content() == undisturbed


def _environment(project_root: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "FOOTNOTED" not in name}
    return {**kept, "PYTHONPATH": f"{project_root / 'src'}:{project_root}"}


async def _execute(url: str, statement: str) -> None:
    connection = await connect(url, application_name="crash points")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _follow(url: str, library: Path) -> None:
    engine = make_engine(url, application_name="crash points")
    await upgrade(engine)
    new = NewSource(str(library), ["techniques"], poll_interval_s=3_600)
    await add_source(Database(engine), new, clock=SystemClock())
    await engine.dispose()
