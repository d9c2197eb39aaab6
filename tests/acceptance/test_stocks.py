"""`mentions`, `stance` and `db url` on recordings about companies, through the program."""

from __future__ import annotations

import asyncio
import csv
import io
import shutil
from typing import TYPE_CHECKING

import asyncpg
import pytest

from footnoted.db import embedded
from tests.acceptance.program import open_home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.acceptance.program import Home


@pytest.fixture(scope="module")
def ledger(project_root: Path) -> Iterator[Home]:
    """Return a data directory with the four recordings of the fixtures, its database up."""
    with open_home(project_root) as home:
        folder = home.data_dir.with_name(f"{home.data_dir.name}-markets")
        shutil.copytree(project_root / "tests" / "fixtures" / "markets", folder)
        home.run("add", str(folder), "--profile", "stocks")
        server = embedded.start(home.data_dir)
        ended = home.run("run", "--drain")
        assert ended.returncode == 0, ended.stderr
        yield home
        embedded.stop(server)
        shutil.rmtree(folder)


def test_mentions_and_stances_cite_the_second_they_were_said(ledger: Home) -> None:
    """As text, as JSON, as CSV; a flip is told, and a mistake ends in one sentence."""
    rows = list(csv.DictReader(io.StringIO(ledger.run("mentions", "nvidia", "--csv").stdout)))
    told = [(row["action"], row["url"].rpartition("v=")[2]) for row in rows]
    assert told == [
        ("sell", "the-turn&t=4"),
        ("buy", "stronger&t=3"),
        ("buy", "the-dip&t=7"),
        ("watch", "first-look&t=11"),
    ]
    events = ledger.ask("stance")["events"]
    assert [event["kind"] for event in events if event["symbol"] == "NVDA"] == [
        "flip",
        "escalation",
        "new",
    ]
    (line,) = ledger.ask("stance", "$NVDA")["timelines"]
    assert [point["action"] for point in line["points"]] == ["watch", "buy", "buy", "sell"]
    shown = ledger.run("stance", "nvidia").stdout
    assert "  2026-01-30  ⇄ flip        sell 0.60\n" in shown
    assert "“I sold all of my Nvidia on Thursday, every single share.”\n" in shown
    heard = ledger.run("mentions", "palantir").stdout
    assert "PLTR  Palantir Technologies Inc. (heard as “Palanteer”, 0.82): avoid 0.60" in heard
    both = ledger.run("mentions", "--csv", "--json")
    assert (both.returncode, both.stderr) == (
        2,
        "footnoted: --json and --csv exclude each other\n",
    )


def test_another_program_reads_the_views_at_the_address_that_is_printed(ledger: Home) -> None:
    """As the role that may not write; the address is all that is on stdout."""
    ended = ledger.run("db", "url", "--read-only")
    address = ended.stdout.strip()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert address.startswith("postgresql://footnoted_read@/footnoted?host=")

    async def ask() -> list[str]:
        connection = await asyncpg.connect(address)
        try:
            rows = await connection.fetch(
                "SELECT DISTINCT symbol FROM footnoted_v1_mentions_as_of(now()) ORDER BY 1"
            )
        finally:
            await connection.close()
        return [row["symbol"] for row in rows]

    assert asyncio.run(ask()) == ["NVDA", "PLTR", "SPX", "TGT"]
