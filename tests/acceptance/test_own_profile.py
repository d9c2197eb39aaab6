"""A profile of one's own, from `profile new` to its items, and a broken one at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Home


def test_a_profile_is_begun_broken_mended_and_finds_items(new_home: Home, tmp_path: Path) -> None:
    """No line of Python: a folder of files, checked before anything is taken up."""
    own = {"FOOTNOTED_USER_DIR": str(tmp_path), "FOOTNOTED_FILE_SETTLE_S": "0"}
    video = new_home.project_root / "tests/fixtures/cooking/hob-and-hearth-focaccia.en.vtt"
    begun = new_home.run("profile", "new", "kitchen", **own)
    file = tmp_path / "prompts" / "kitchen" / "profile.toml"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole.replace("maxLength = 80", "maxlength = 80"), encoding="utf-8")
    line = whole[: whole.index("maxLength = 80")].count("\n") + 1
    started = new_home.run("run", "--once", **own)
    assert (begun.returncode, started.returncode) == (0, 2)
    complaint = f"{file}, line {line}: a field of type string has no 'maxlength' here"
    assert started.stderr.splitlines()[-1].startswith(f"footnoted: {complaint}")
    refused = new_home.run("add", "--profile", "kitchen", str(video), **own)
    added = new_home.run("add", "--profile", "techniques", "--json", str(video), **own)
    told = new_home.run("status", **own)
    assert (refused.returncode, added.returncode, told.returncode) == (2, 0, 0)
    assert complaint in refused.stderr
    sentence = "! the profile kitchen is broken, so no daemon starts; nothing depends on it:"
    assert told.stdout.startswith(f"{sentence} {complaint}")

    file.write_text(whole, encoding="utf-8")
    new_home.run("add", "--profile", "kitchen", "--creator", "Hob", str(video), **own)
    assert new_home.run("run", "--drain", **own).returncode == 0
    listed = new_home.run("items", "--kind", "tip", "--where", "kind=TIP", **own)
    assert "tip  Don't add more flour when it sticks" in listed.stdout

    file.write_text(whole.replace("maxLength = 80", "maxlength = 80"), encoding="utf-8")
    shown = new_home.run("show", "2", **own)
    assert (shown.returncode, complaint in shown.stderr) == (0, True)
    assert "Don't add more flour when it sticks" in shown.stdout
