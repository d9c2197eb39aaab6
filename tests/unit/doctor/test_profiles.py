"""Which profiles no daemon starts with, and what depends on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.doctor.check import State
from footnoted.doctor.profiles import broken_profiles, judge_profiles
from footnoted.doctor.store import Parked
from footnoted.pipeline.reports.report import BrokenLine
from footnoted.settings import Settings
from tests.fakes.declared import write_notes

if TYPE_CHECKING:
    from pathlib import Path


def test_what_no_daemon_starts_with_is_known_by_name(tmp_path: Path) -> None:
    """A model without a price is none of it while nobody asks it; a prompt that is missing is."""
    own = tmp_path / "prompts"
    assert broken_profiles(Settings()) == {}
    write_notes(own, ('items = "extractive"', 'items = "gpt-0"'), name="dear")
    write_notes(own, ('title = "Notes"', "title = 3"), name="odd")
    (write_notes(own, name="bare").parent / "items.md").unlink()
    stage = own / "stocks" / "outlook.md"
    stage.parent.mkdir()
    stage.write_text("No user part.", encoding="utf-8")
    found = broken_profiles(Settings(user_dir=tmp_path))
    assert sorted(found) == ["bare", "odd", "stocks"]
    assert found["odd"] == f"{own}/odd/profile.toml, line 1: title is a text"
    assert f"items.md is missing in {own}/bare" in found["bare"]
    assert "prompt stocks/outlook.md: the line '=== user ==='" in found["stocks"]


def test_a_broken_profile_is_a_failure_with_what_depends_on_it() -> None:
    """It says more than videos that wait for a profile to be installed again."""
    line = BrokenLine(
        profile="kitchen", fault="/x/profile.toml, line 3: no", videos=2, page_groups=1, sources=0
    )
    idle = line.model_copy(update={"videos": 0, "page_groups": 0})
    check = judge_profiles([line], [Parked("gone", 1)])
    assert check.state is State.FAILURE
    assert check.explanation == (
        "the profile kitchen is broken, so no daemon starts; 2 unfinished videos, 1 page group"
        " depend on it: /x/profile.toml, line 3: no"
    )
    assert "; nothing depends on it: /x" in idle.sentence


def test_parked_videos_are_counted_by_profile() -> None:
    """The sentence names what is not installed."""
    check = judge_profiles([], [Parked("stocks", 4), Parked("brain", 1)])
    assert check.state is State.WARNING
    assert "4 of 'stocks', 1 of 'brain'" in check.explanation
    sound = judge_profiles([], [])
    assert (sound.state, sound.explanation) == (
        State.OK,
        "every unfinished video is of an installed profile",
    )
