"""`footnoted demo` does the main job and leaves nothing behind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Demonstrated, Home


def test_the_demo_ends_well_and_tells_what_it_made(demonstrated: Demonstrated) -> None:
    """Every sample at its end, the unfit one stopped with its reason, nothing spent."""
    ended = demonstrated.ended
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "10 of 10 samples: 9 indexed, 1 quarantined" in ended.stdout
    assert "“Room tone (recognised by mistake)”: quality_repetition" in ended.stdout
    assert "100% of which resolve" in ended.stdout
    assert "$0.00" in ended.stdout


def test_the_demo_shows_a_page_whose_every_claim_has_a_footnote(
    demonstrated: Demonstrated,
) -> None:
    """Each number has its note, each note a link to the second; so does the search hit."""
    page, _, rest = demonstrated.ended.stdout.partition("== footnoted search")
    claims = [line for line in page.splitlines() if line.startswith("- ")]
    notes = re.findall(r"^\[\^(\d+)\]: “.+” \(.+\) <\S+[?&#]t=\d+>$", page, re.MULTILINE)
    used = re.findall(r"\[\^(\d+)\]", "".join(claims))
    assert claims != []
    assert all("[^" in claim for claim in claims)
    assert sorted(set(used)) == sorted(notes)
    assert re.search(r"https://\S+[?&#]t=\d+", rest) is not None


def test_the_demo_removes_what_it_made(new_home: Home) -> None:
    """Nothing stays in the folder for temporary files."""
    folder = new_home.data_dir.parent
    ended = new_home.run("demo", TMPDIR=str(folder))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "starting PostgreSQL" in ended.stderr
    assert list(folder.iterdir()) == []


def test_the_demo_never_writes_into_a_folder_that_is_in_use(new_home: Home, tmp_path: Path) -> None:
    """A folder with something in it is refused and stays as it was."""
    (tmp_path / "mine.txt").write_text("mine")
    ended = new_home.run("demo", "--data-dir", str(tmp_path))
    assert ended.returncode == 2
    assert "is not empty" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
