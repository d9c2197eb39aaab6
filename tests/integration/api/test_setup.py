"""A daemon tells by what it works, and a command whether that is what it was started with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from footnoted.cli.daemon_setup import restart_it, stages_of_its_own
from footnoted.pipeline.setups import setups_of
from footnoted.prompting import parse_prompt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.api.conftest import Open


async def test_a_prompt_that_changed_since_the_daemon_began_is_named(
    open_place: Open, short_path: Path
) -> None:
    """Else what is put back would be made as before, and stay stale."""
    async with open_place() as place:
        deps, at = place.app.deps, place.app.storage.settings.socket_path
        told = (await place.client.get("/api/v1/setup")).json()["stages"]
        assert told == setups_of(deps)
        assert await stages_of_its_own(at, deps) == []
        own = parse_prompt("extract", "Other rules.\n=== user ===\n{{transcript}}")
        prompts = {**deps.prompts, "techniques": {**deps.prompts["techniques"], "extract": own}}
        changed = await stages_of_its_own(at, replace(deps, prompts=prompts))
        assert changed == ["techniques.extract"]
        assert "(techniques.extract): restart it" in restart_it(changed)
    assert await stages_of_its_own(short_path / "nobody", deps) == []
