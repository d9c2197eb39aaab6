"""The installed program in batch mode: half the price, and the provider's ledger agrees."""

from __future__ import annotations

import subprocess
import sys
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.dying_creator import KILLED
from tests.acceptance.test_paid_calls import spent, with_key
from tests.emulator import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.program import Home
    from tests.emulator.running import Emulator

pytestmark = [pytest.mark.endurance, pytest.mark.timeout(400)]
_PATIENCE_S = 180.0
_LOOK_EVERY_S = 2.0
BATCH_S = 100


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Return a provider a hundred times as fast as a real one; a batch takes it a second."""
    with running.started("--seed", "7", "--clock", "real", "--scale", "100") as started:
        started.configure(batches={"duration_s": BATCH_S})
        yield started


def in_batches(emulator: Emulator) -> dict[str, str]:
    """Return the settings of a library that pays by the batch."""
    return with_key(emulator) | {
        "FOOTNOTED_LLM_MODE": "batch",
        "FOOTNOTED_BATCH_POLL_S": "0.5",
        "FOOTNOTED_POLL_INTERVAL_S": "0.5",
        "FOOTNOTED_PAGE_DELAY_S": "1",
    }


def wait_until_nothing_is_left(home: Home) -> None:
    """Return when every video is indexed and every page is up to date."""
    deadline_s = time.monotonic() + _PATIENCE_S
    while not is_done(status := home.ask("status")):
        assert time.monotonic() < deadline_s, status
        time.sleep(_LOOK_EVERY_S)


def assert_books_agree(home: Home, emulator: Emulator) -> None:
    """Assert that ours are the provider's, but for what we round up: a billionth a call at most.

    At half the price a token that was written to the cache costs fractions of one.
    """
    totals = emulator.totals()
    more = spent(home) - Decimal(totals["billed_usd"])
    assert 0 <= more < totals["calls"] * Decimal("1e-9"), totals


def is_done(status: dict[str, Any]) -> bool:
    """Return whether nothing waits, is due, or is worked on."""
    groups = status["page_groups"]
    left = [status["ready"], status["working"], status["waiting"]]
    return not any([*left, groups["due"], groups["gathering"]])


def test_the_whole_pipeline_in_batches_costs_half(new_home: Home, emulator: Emulator) -> None:
    """Every call of every stage goes in a batch; books equal those of the provider."""
    settings = in_batches(emulator)
    new_home.run("add", str(new_home.project_root / "samples"), **settings)
    with new_home.daemon(**settings):
        wait_until_nothing_is_left(new_home)
    rows = emulator.rows()
    assert all(row["batch_id"] for row in rows)
    totals = emulator.totals()
    assert totals["calls"] > 20
    assert totals["bought_more_than_once"] == 0
    assert_books_agree(new_home, emulator)


def test_a_kill_between_making_a_batch_and_its_name_buys_nothing_twice(
    new_home: Home, emulator: Emulator
) -> None:
    """The next start finds the batch by its results and takes them."""
    settings = in_batches(emulator)
    new_home.run("add", str(new_home.project_root / "samples"), **settings)
    died = subprocess.run(
        [sys.executable, "-m", "tests.acceptance.dying_creator", "run", "--drain"],
        env={**new_home.environment, **settings, "PYTHONPATH": "src:."},
        cwd=new_home.project_root,
        capture_output=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    assert died.returncode == KILLED, died.stderr
    with new_home.daemon(**settings) as daemon:
        wait_until_nothing_is_left(new_home)
        assert "batch.adopted" in daemon.said()
    totals = emulator.totals()
    assert totals["bought_more_than_once"] == 0
    assert_books_agree(new_home, emulator)


def test_drains_one_after_another_bring_a_library_home(new_home: Home, emulator: Emulator) -> None:
    """Each sends what is due, ends, and the next takes what was answered meanwhile."""
    settings = in_batches(emulator)
    new_home.run("add", str(new_home.project_root / "samples"), **settings)
    waiting = set[str]()
    for _ in range(12):
        new_home.run("run", "--drain", **settings)
        status = new_home.ask("status")
        waiting |= {line["reason"] for line in status["waiting"]}
        if is_done(status):
            break
        time.sleep(BATCH_S / 100)
    assert waiting == {"batch"}
    assert is_done(status)
    totals = emulator.totals()
    assert totals["bought_more_than_once"] == 0
    assert_books_agree(new_home, emulator)


def test_a_person_sees_a_batch_and_ends_it_early(new_home: Home, emulator: Emulator) -> None:
    """While a daemon runs and without one; what is over, unknown or elsewhere is a sentence."""
    settings = in_batches(emulator)
    emulator.configure(batches={"duration_s": 1_000_000})
    new_home.run("add", str(new_home.project_root / "samples"), **settings)
    new_home.run("run", "--drain", **settings)
    (line,) = new_home.ask("batches")["batches"]
    elsewhere = new_home.run("batches", "cancel", "1", FOOTNOTED_ANTHROPIC_API_KEY="")
    ended = new_home.run("batches", "cancel", "1", **settings)
    listed = new_home.run("batches")
    told = listed.stdout.splitlines()
    assert (line["state"], line["calls"], line["unanswered"]) == ("sent", line["items"], 9)
    assert (ended.returncode, ended.stdout) == (
        0,
        "The provider was asked to end batch 1, for which 9 items wait.\n",
    )
    assert elsewhere.returncode == 2
    assert "the settings have no key for that place" in elsewhere.stderr
    assert (told[0].split()[:2], told[1].split()[:3]) == (["batch", "state"], ["1", "sent", "9"])
    assert f"without a key for {emulator.base_url}: set it and run." in listed.stderr
    emulator.configure(batches={"duration_s": BATCH_S})
    with new_home.daemon(**settings):
        wait_until_nothing_is_left(new_home)
        over = new_home.run("batches", "cancel", "1", **settings)
    unknown = new_home.run("batches", "cancel", "999", **settings)
    (first,) = [
        one for one in new_home.ask("batches", "--limit", "99")["batches"] if one["id"] == 1
    ]
    assert (first["state"], first["answered"]) == ("ended", 0)
    assert (over.returncode, over.stdout) == (0, "Batch 1 is over: there is nothing to cancel.\n")
    assert (unknown.returncode, "there is no batch 999" in unknown.stderr) == (2, True)
    assert_books_agree(new_home, emulator)
