"""The change that docs/reprocessing.md walks through, with the installed program, as it is shown.

Its commands run in their order, on the samples and an emulated provider that answers by the methods
of the built-in model. A line that it shows must be printed: numbers, times and hashes may differ,
`...` and `…` stand for anything.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.emulator import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.acceptance.program import Home
    from tests.emulator.running import Emulator

pytestmark = [
    pytest.mark.endurance,
    pytest.mark.timeout(300),  # some fifteen commands, on a machine that may be busy
]

STAGE = "extract"
VIDEO = 5
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SHAPES = (
    (re.compile(r"\b(\d+ (h|min|s)\s?)+\b"), "<time> "),
    (re.compile(r"\b[0-9a-f]{4}→[0-9a-f]{4}\b"), "<hash>"),
    (re.compile(r"\$?\d[\d,]*(\.\d+)?"), "<n>"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A command, with the lines that the page shows below it."""

    command: str
    lines: tuple[str, ...]


@pytest.fixture
def emulator(project_root: Path) -> Iterator[Emulator]:
    """Return a provider that answers a hundred times as fast as a real one."""
    logic = project_root / "bench" / "logic" / "extractive.py"
    scale = ("--clock", "real", "--scale", "100")
    with running.started("--seed", "7", *scale, "--logic", str(logic)) as started:
        yield started


def shown_in(page: Path) -> list[Shown]:
    """Return the commands of all console blocks, in order."""
    shown: list[Shown] = []
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ footnoted ", block, flags=re.MULTILINE)[1:]:
            command, *lines = part.rstrip("\n").split("\n")
            shown.append(Shown(command, tuple(line for line in lines if line.strip(" .…"))))
    return shown


def shape(line: str) -> str:
    """Return a line without its numbers, times, hashes and the width of its columns."""
    for pattern, name in _SHAPES:
        line = pattern.sub(name, line)
    return " ".join(line.split())


def edit(project_root: Path, user: Path) -> None:
    """Give the rules of the stage a sentence more, in the user's own copy."""
    shipped = (project_root / "prompts" / "techniques" / f"{STAGE}.md").read_text("utf-8")
    own = user / "prompts" / "techniques" / f"{STAGE}.md"
    own.parent.mkdir(parents=True)
    own.write_text(shipped.replace("\n=== user ===", "\nBe brief.\n=== user ==="), encoding="utf-8")


def test_the_shown_change_goes_as_it_is_shown(new_home: Home, emulator: Emulator) -> None:
    """Named, priced, agreed to, bought once; then nothing is stale, and the plan tells its cost."""
    user = new_home.data_dir.parent / "user"
    settings = {
        "FOOTNOTED_ANTHROPIC_API_KEY": "sk-test-1",
        "FOOTNOTED_ANTHROPIC_BASE_URL": emulator.base_url,
        "FOOTNOTED_FILE_SETTLE_S": "0",
        "FOOTNOTED_POLL_INTERVAL_S": "1",
        "FOOTNOTED_USER_DIR": str(user),
    }
    root = new_home.project_root
    new_home.run("add", str(root / "samples"), **settings)
    assert new_home.run("run", "--drain", **settings).returncode == 1  # one sample is all noise
    before = emulator.totals()["calls"]
    edit(root, user)
    refused = new_home.run("reprocess", **settings)
    assert (refused.returncode, "nothing was changed" in refused.stderr) == (2, True)
    assert emulator.totals()["calls"] == before

    last_run, missing = "", list[str]()
    for shown in shown_in(root / "docs" / "reprocessing.md"):
        command = re.sub(r"(?<=--run )\d+", last_run, shown.command)
        ended = new_home.run(*shlex.split(command), **settings)
        assert ended.returncode == 0, (command, ended.stderr)
        printed = [shape(line) for line in ended.stdout.splitlines()]
        missing += [
            f"{command}: {line}: {printed}" for line in shown.lines if shape(line) not in printed
        ]
        if command == f"runs {VIDEO}":
            last_run = ended.stdout.splitlines()[1].split()[0]
        if command.startswith("rerun"):
            break  # what comes after it was not redone
    assert missing == []

    (plan,) = json.loads(new_home.run("plan", "list", "--json", **settings).stdout)["plans"]
    assert emulator.totals()["calls"] - before == plan["forecast"]["calls"] > 0
    assert (plan["items_left"], Decimal(plan["spent_usd"]) > 0) == (0, True)
    assert emulator.totals()["bought_more_than_once"] == 0
