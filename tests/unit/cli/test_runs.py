"""What a run was made by, as a person reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from footnoted.cli.runs import setup_lines
from footnoted.pipeline.reports.videos.report import RunLine

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def run(number: int, setup: dict[str, Any] | None) -> RunLine:
    """Return a run that was set up so."""
    counts = ("events", "calls_bought", "calls_replayed", "prompt_tokens", "cached_tokens")
    told = {"id": number, "run_number": number, "trigger": "manual", "status": "done"}
    return RunLine.model_validate(
        {
            **dict.fromkeys((*counts, "output_tokens", "cost_usd"), 0),
            **dict.fromkeys(("reached", "error_stage", "finished_at")),
            **told,
            "started_at": NOW,
            "setup": setup,
        }
    )


def test_the_newest_run_that_ended_tells_its_fingerprint() -> None:
    """Hashes by their beginning, a taxonomy by its size, and nothing of one that goes on."""
    parts = {"stage": "classify", "version": "4", "model": "small", "prompt": "3f2a" + "0" * 60}
    taxonomy = {"taxonomy:Cooking": "a" * 64, "taxonomy:Music": "b" * 64}
    setup = {
        "program": "0.1.0 (abc)",
        "spec": "words",
        "stages": {"classify": {**parts, **taxonomy}, "index": {"stage": "index", "version": "1"}},
    }
    assert setup_lines([run(3, None), run(2, setup), run(1, setup)]) == [
        "Run 2 was made by footnoted 0.1.0 (abc), index words:",
        "  classify: version 4, model small, prompt 3f2a, taxonomy of 2 categories",
        "  index: version 1",
    ]
    assert setup_lines([run(1, None)]) == []


def test_what_was_set_by_hand_is_marked() -> None:
    """Nobody takes it for what the others are made by."""
    stages = {"segment": {"model": "small"}, "extract": {"model": "large"}}
    setup = {"program": "0.1.0 (abc)", "stages": stages, "by_hand": ["extract"]}
    assert setup_lines([run(1, setup)])[1:] == [
        "  segment: model small",
        "  extract: model large (set for this video)",
    ]
