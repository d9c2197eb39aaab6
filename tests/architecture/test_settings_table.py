"""The documents that name settings are those that the settings of now generate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.cli.reference import env_example, settings_table, with_settings_table
from footnoted.settings import Settings, load_settings, variable

if TYPE_CHECKING:
    from pathlib import Path

FIX = "run `footnoted config --markdown` and put it between the markers"


def test_the_readme_has_the_table_of_now(project_root: Path) -> None:
    """A setting that was added, renamed or given another default shows in the README."""
    readme = (project_root / "README.md").read_text(encoding="utf-8")
    assert with_settings_table(readme) == readme, FIX


def test_env_example_is_the_one_of_now(project_root: Path) -> None:
    """`footnoted config --env-example > .env.example` brings it up to date."""
    assert (project_root / ".env.example").read_text(encoding="utf-8") == env_example()


def test_every_setting_stands_in_both() -> None:
    """Nothing can be set that no document names."""
    for name in Settings.model_fields:
        assert f"| `{variable(name)}` |" in settings_table()
        assert f"\n#{variable(name)}=" in env_example()


def test_the_example_says_what_is_in_effect_without_it(project_root: Path) -> None:
    """Uncommenting every default changes nothing."""
    lines = (project_root / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = [line[1:].split("=", 1) for line in lines if line.startswith("#FOOTNOTED_")]
    environ = {name: value for name, value in pairs if value}
    assert load_settings(environ).settings == load_settings({}).settings


def test_a_page_without_markers_is_refused() -> None:
    """A table that lands nowhere must not look like one that is up to date."""
    with pytest.raises(ValueError, match="has no <!-- settings -->"):
        with_settings_table("# A page\n")
