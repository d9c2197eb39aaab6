"""The stocks profile over fakes: its own stages, prompts and symbols, and the built-in model."""

from __future__ import annotations

from pathlib import Path

from footnoted.profiles.stocks.profile import stocks_profile
from footnoted.stages.index import IndexStage
from footnoted.stages.profile import Build, Profile, SharedStages
from tests.fakes.clock import FakeClock
from tests.fakes.search import FakeIndex
from tests.fakes.stages import FakeStage

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"


def make_stocks(model: str = "extractive") -> Profile:
    """Return the profile with an index that is always there; `model` stands on its rows."""
    shared = SharedStages(
        transcribe=FakeStage("transcribe", "transcribed"),
        index=IndexStage(FakeIndex(), FakeClock()),
    )
    build = Build(model_of=lambda _stage, _profile: model, package_version="0", git_sha="unknown")
    return stocks_profile([PROMPTS], shared, build)
