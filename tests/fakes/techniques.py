"""The techniques profile over fakes: its own stages, prompts and taxonomy, small chunks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from footnoted.profiles.techniques.profile import Tuning, techniques_profile
from footnoted.stages.index import IndexStage
from footnoted.stages.profile import Build, Profile, SharedStages
from tests.fakes.clock import FakeClock
from tests.fakes.search import FakeIndex
from tests.fakes.stages import FakeStage

if TYPE_CHECKING:
    from collections.abc import Sequence

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
BUILD = Build(model_of=lambda _stage, _profile: "fake", package_version="0.0.0", git_sha="unknown")


def make_profile(tuning: Tuning | None = None, roots: Sequence[Path] = ()) -> Profile:
    """Return the profile with an index that is always there; `roots` go before what ships."""
    shared = SharedStages(
        transcribe=FakeStage("transcribe", "transcribed"),
        index=IndexStage(FakeIndex(), FakeClock()),
    )
    return techniques_profile([*roots, PROMPTS], shared, BUILD, tuning or Tuning(chunk_size=4))
