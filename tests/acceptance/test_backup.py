"""Saving, bringing back and exporting through the program, as its documentation says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Home


def test_a_backup_comes_back_elsewhere_with_no_model_call(
    library: Home, new_home: Home, tmp_path: Path
) -> None:
    """Results to stdout, progress to stderr; a second time it is refused in a sentence."""
    made = library.run("backup", "--to", str(tmp_path), "--json")
    backup = json.loads(made.stdout)
    ended = new_home.run("restore", backup["path"], "--verify", "--json")
    assert (made.returncode, ended.returncode) == (0, 0), ended.stderr
    restored = json.loads(ended.stdout)
    assert (backup["schema"], restored["schema"]) == ("footnoted.backup/1", "footnoted.restore/1")
    assert (restored["holds"], restored["model_calls"], restored["verify"]["offenders"]) == (
        True,
        0,
        [],
    )
    assert restored["rows"]["claims"] == backup["rows"]["claims"] > 0
    assert restored["documents"] == backup["rows"]["documents"]
    assert "looking up every quote again" in ended.stderr
    assert "compress" in new_home.run("search", "compression").stdout.lower()
    again = new_home.run("restore", backup["path"])
    assert (again.returncode, again.stdout) == (2, "")
    assert "the database is not empty" in again.stderr.splitlines()[-1]


def test_an_export_says_what_it_did_and_keeps_what_a_person_wrote(
    library: Home, tmp_path: Path
) -> None:
    """Its exit code is 1 while our text stands beside a file that is not ours."""
    root = tmp_path / "vault"
    (root / "data").mkdir(parents=True)
    (root / "data" / "pages.jsonl").write_text("mine")
    ended = library.run("export", str(root), "--json")
    answer = json.loads(ended.stdout)
    assert (ended.returncode, answer["schema"]) == (1, "footnoted.export/1")
    assert answer["conflicts"] == {"data/pages.jsonl": "data/pages.footnoted-new.jsonl"}
    assert answer["pages"] == len(library.ask("pages")["pages"])
    assert (root / "data" / "pages.jsonl").read_text() == "mine"
