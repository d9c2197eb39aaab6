"""A changed prompt, from what is stale to the applied plan, with the installed program."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.emulator import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.program import Home
    from tests.emulator.running import Emulator

STAGE = "extract"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Return a provider that answers a hundred times as fast as a real one."""
    with running.started("--seed", "7", "--clock", "real", "--scale", "100") as started:
        yield started


def test_exactly_what_a_changed_prompt_touches_is_redone(
    new_home: Home, emulator: Emulator
) -> None:
    """Named, priced, agreed to, bought once; then nothing is stale, and the plan tells its cost."""
    user = new_home.data_dir.parent / "user"
    settings = {
        "FOOTNOTED_ANTHROPIC_API_KEY": "sk-test-1",
        "FOOTNOTED_ANTHROPIC_BASE_URL": emulator.base_url,
        "FOOTNOTED_FILE_SETTLE_S": "0",
        "FOOTNOTED_POLL_INTERVAL_S": "1",
        "FOOTNOTED_USER_DIR": str(user),
    }
    sample = new_home.project_root / "samples" / "low-ceiling-02-vocal-chain.en.srt"
    new_home.run("add", str(sample), **settings)
    assert new_home.run("run", "--drain", **settings).returncode == 0
    before = emulator.totals()["calls"]

    shipped = (new_home.project_root / "prompts" / "techniques" / f"{STAGE}.md").read_text("utf-8")
    own = user / "prompts" / "techniques" / f"{STAGE}.md"
    own.parent.mkdir(parents=True)
    own.write_text(shipped.replace("\n=== user ===", "\nBe brief.\n=== user ==="), encoding="utf-8")

    told = new_home.run("stale", "--why", **settings).stdout
    assert f"prompt {STAGE}.md " in told
    assert f"video 1 'A vocal chain from scratch', {STAGE}" in told
    refused = new_home.run("reprocess", **settings)
    assert (refused.returncode, "nothing was changed" in refused.stderr) == (2, True)
    assert emulator.totals()["calls"] == before

    done = new_home.run("reprocess", "--max-usd", "1", **settings)
    assert (done.returncode, "Plan 1: 1 put back." in done.stdout) == (0, True)
    assert new_home.run("run", "--drain", **settings).returncode == 0
    (plan,) = json.loads(new_home.run("plan", "list", "--json", **settings).stdout)["plans"]
    assert emulator.totals()["calls"] - before == plan["forecast"]["calls"] > 0
    assert (plan["items_left"], Decimal(plan["spent_usd"]) > 0) == (0, True)
    assert new_home.run("stale", **settings).stdout == "Nothing is stale.\n"
    assert emulator.totals()["bought_more_than_once"] == 0
