"""`footnoted profile`: what is there, what is wrong with it, and a new one to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.cli.profiles import look, write_profile
from footnoted.errors import UsageError
from footnoted.settings import Settings
from tests.fakes.declared import write_notes

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.cli.profiles import Seen


def found(settings: Settings) -> dict[str, Seen]:
    """Return what a look sees, by name."""
    return {one.name: one for one in look(settings)}


def test_every_profile_is_shown_with_its_stages_and_where_it_comes_from(tmp_path: Path) -> None:
    """Ours, the one of data that ships, and the user's own."""
    path = write_notes(tmp_path / "prompts")
    seen = found(Settings(user_dir=tmp_path))
    assert next(iter(seen)) == "techniques"
    assert seen["techniques"].origin == "built in"
    assert seen["recipes"].origin == "ships with footnoted"
    assert seen["recipes"].stages == ("transcribe", "items", "index", "pages")
    assert seen["notes"].origin == str(path)
    assert [one.fault for one in seen.values() if one.fault] == []


def test_one_broken_profile_does_not_hide_the_others(tmp_path: Path) -> None:
    """Each fault stands at its own profile, whichever of its files it is in."""
    own = tmp_path / "prompts"
    write_notes(own, ('title = "Notes"', "title = 3"), name="a")
    write_notes(own, ("{{text}}", "{{txt}}"), name="b")
    write_notes(own, ("{{topic}}", "{{subject}}"), name="c")
    write_notes(own, ('items = "extractive"', 'items = "gpt-0"'), name="d")
    write_notes(own, name="stocks")
    write_notes(own, name="fine")
    faults = {one.name: one.fault for one in look(Settings(user_dir=tmp_path)) if one.fault}
    assert faults["a"] == f"{own}/a/profile.toml, line 1: title is a text"
    assert (faults["b"] or "").startswith(f"{own}/b/page.md, line 7: no field 'txt'")
    assert (faults["c"] or "").startswith(f"{own}/c/items.md, line 6: no {{{{subject}}}}")
    assert "the model gpt-0 of the stage items has no price" in (faults["d"] or "")
    assert "stocks is the name of a built-in profile" in (faults["stocks"] or "")
    assert len(faults) == 5


def test_a_profile_that_finds_nothing_without_a_key_says_so(tmp_path: Path) -> None:
    """It is no fault: a language model needs no words of the built-in one."""
    write_notes(tmp_path / "prompts", ('[extractive.text]\nmethod = "statement"\n', ""))
    seen = found(Settings(user_dir=tmp_path))
    assert (seen["notes"].fault, seen["recipes"].note) == (None, None)
    assert seen["notes"].note == (
        "without a key nothing is found under notes: [extractive] says nothing of text"
    )


@pytest.mark.parametrize("origin", ["recipes", "notes"])
def test_a_new_profile_is_complete_and_fine(tmp_path: Path, origin: str) -> None:
    """It runs as it is, before anything in it was changed."""
    write_notes(tmp_path / "prompts")
    settings = Settings(user_dir=tmp_path)
    folder, files = write_profile(settings, "my-own", origin)
    assert (folder, files) == (tmp_path / "prompts/my-own", ["items.md", "page.md", "profile.toml"])
    own = found(settings)["my-own"]
    assert (own.fault, own.stages) == (None, ("transcribe", "items", "index", "pages"))


def test_a_profile_of_ones_own_may_change_one_file_of_the_one_that_ships(tmp_path: Path) -> None:
    """The user's prompt, our declaration and template; a copy of it has all three."""
    home = tmp_path / "prompts" / "recipes"
    home.mkdir(parents=True)
    (home / "items.md").write_text("Mine.\n=== user ===\n{{transcript}}\n", encoding="utf-8")
    settings = Settings(user_dir=tmp_path)
    assert found(settings)["recipes"].fault is None
    folder, _ = write_profile(settings, "mine", "recipes")
    assert (folder / "page.md").is_file()


@pytest.mark.parametrize(
    ("name", "origin", "complaint"),
    [
        ("stocks", "recipes", "stocks is the name of a built-in profile"),
        ("My Own", "recipes", "'My Own' is no slug"),
        ("../up", "recipes", "'../up' is no slug"),
        ("notes", "recipes", "notes is there already"),
        ("own", "techniques", "'techniques' is no profile of data; there is notes, recipes"),
    ],
)
def test_what_cannot_be_made_is_refused(
    tmp_path: Path, name: str, origin: str, complaint: str
) -> None:
    """In one sentence, and nothing is written."""
    write_notes(tmp_path / "prompts")
    with pytest.raises(UsageError, match=complaint):
        write_profile(Settings(user_dir=tmp_path), name, origin)
    assert [path.name for path in (tmp_path / "prompts").iterdir()] == ["notes"]


def test_a_new_profile_needs_a_folder_to_go_to() -> None:
    """The built-in folder belongs to the package."""
    with pytest.raises(UsageError, match="set FOOTNOTED_USER_DIR"):
        write_profile(Settings(), "own", "recipes")
