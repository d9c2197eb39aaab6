"""`footnoted costs` on a journal that was written behind the program's back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from footnoted.db import embedded
from footnoted.db.engine import connect
from tests.acceptance.program import open_home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from footnoted.db.embedded import EmbeddedServer
    from tests.acceptance.program import Home

_CALLS = """
    INSERT INTO llm_calls (request_sha256, item_kind, item_id, stage, label, model, prompt_sha256,
      state, usable, reserved_usd, cost_usd, answer, usage, reserved_at)
    SELECT n::text, 'video', n, 'extract', 'l', 'claude-haiku-5-5', 'p', 'answered', true, 0.5,
      0.25, '{}', '{"input_tokens": 1000, "output_tokens": 7}', now() - n * interval '1 day'
    FROM generate_series(0, 2) n
"""
_BUDGET = """
    INSERT INTO budgets SELECT 'day', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD'), 0.25, 0.125
"""


def execute(server: EmbeddedServer, *statements: str) -> None:
    """Change the database behind the program's back."""

    async def run() -> None:
        connection = await connect(server.url, application_name="test")
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


@pytest.fixture(scope="module")
def home(project_root: Path) -> Iterator[Home]:
    """Return a data directory with a new database, which is up."""
    with open_home(project_root) as made:
        assert made.run("migrate").returncode == 0
        server = embedded.start(made.data_dir)
        nothing = made.run("costs")
        assert (nothing.returncode, nothing.stderr) == (0, "")
        assert nothing.stdout.startswith("There were no paid calls.\nToday (")
        execute(server, _CALLS, _BUDGET)
        yield made
        embedded.stop(server)


def test_costs_are_told_by_day(home: Home) -> None:
    """The newest first, the sum, and the caps of now."""
    lines = home.run("costs").stdout.splitlines()
    assert lines[0].startswith("day         calls  spent")
    assert [line.split()[1:3] for line in lines[1:4]] == [["1", "$0.2500"]] * 3
    assert lines[5] == "Together: 3 calls, all paid: $0.7500 spent."
    assert lines[6].endswith("$0.2500 spent, $0.1250 held; $0.6250 left of the cap of $1.0000")
    assert lines[7].endswith("; no cap")


def test_costs_are_told_to_programs(home: Home) -> None:
    """Money is text, exact to the last decimal."""
    answer = home.ask("costs", "--by", "video", "--since", "36h", "--limit", "1")
    (line,) = answer["lines"]
    assert (answer["schema"], answer["by"], answer["hidden"]) == ("footnoted.costs/1", "video", 1)
    assert (line["key"], line["title"], line["spent_usd"]) == ("video 0", None, "0.250000000")
    assert line["tokens"]["input"] == 1_000
    assert answer["total"]["spent_usd"] == "0.500000000"
    assert answer["caps"][0]["left_usd"] == "0.625000000"
    assert answer["caps"][0]["key"] == f"{datetime.now(UTC):%Y-%m-%d}"


def test_a_cap_comes_from_the_settings(home: Home) -> None:
    """Of the month too, when it is set."""
    lines = home.run("costs", FOOTNOTED_MONTHLY_COST_CAP_USD="12.50").stdout.splitlines()
    assert lines[7].endswith("; $12.5000 left of the cap of $12.5000")


def test_a_time_that_is_none_is_refused(home: Home) -> None:
    """In one sentence that says what is taken."""
    ended = home.run("costs", "--since", "soon")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("footnoted: 'soon' is no time: give 7d")
