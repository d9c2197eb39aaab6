"""A folder that people write into too, exported into again and again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.archive.export.folder import ExportFolder
from footnoted.archive.export.manifest import INTENT, MANIFEST, ExportManifest
from footnoted.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footnoted.archive.export.folder import Written

NOTE = "pages/ada/bread.md"
BESIDE = "pages/ada/bread.footnoted-new.md"


def stage(root: Path, texts: Mapping[str, str]) -> ExportFolder:
    """Return an export of `texts` that is not settled yet."""
    folder = ExportFolder(root)
    for path, text in texts.items():
        staged = folder.stage(path)
        staged.add(text)
        folder.staged(path, staged.close())
    return folder


def manifest() -> ExportManifest:
    """Return a manifest that names no file yet."""
    return ExportManifest(
        schema="footnoted.export/1", made_by="0", revision="1", pages=1, rows={}, files={}
    )


def export(root: Path, texts: Mapping[str, str]) -> Written:
    """Export `texts`."""
    return stage(root, texts).settle(manifest())


def files(root: Path) -> dict[str, str]:
    """Return what is in a folder but for the manifest."""
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def test_an_export_again_writes_what_differs_and_removes_what_is_gone(tmp_path: Path) -> None:
    """Folders that it leaves empty go too; equal content is an equal manifest."""
    export(tmp_path, {NOTE: "one", "pages/bob/tea.md": "tea"})
    done = export(tmp_path, {NOTE: "two"})
    assert files(tmp_path) == {NOTE: "two"}
    assert (done.written, done.removed) == ([NOTE], ["pages/bob/tea.md"])
    assert not (tmp_path / "pages" / "bob").exists()
    before = (tmp_path / MANIFEST).read_bytes()
    again = export(tmp_path, {NOTE: "two"})
    assert (again.written, again.unchanged) == ([], 1)
    assert (tmp_path / MANIFEST).read_bytes() == before


def test_a_note_changed_by_hand_stays_while_its_page_stays(tmp_path: Path) -> None:
    """There is nothing to settle, so nothing is said."""
    export(tmp_path, {NOTE: "one"})
    (tmp_path / NOTE).write_text("mine")
    done = export(tmp_path, {NOTE: "one"})
    assert files(tmp_path) == {NOTE: "mine"}
    assert (done.kept, done.conflicts) == ([NOTE], {})


def test_where_both_changed_ours_goes_beside_until_somebody_takes_it_away(tmp_path: Path) -> None:
    """Taking it away says that it was seen; then it is quiet until the page changes again."""
    export(tmp_path, {NOTE: "one"})
    (tmp_path / NOTE).write_text("mine")
    for _ in range(2):
        done = export(tmp_path, {NOTE: "two"})
        assert done.conflicts == {NOTE: BESIDE}
        assert files(tmp_path) == {NOTE: "mine", BESIDE: "two"}
    (tmp_path / BESIDE).unlink()
    (tmp_path / NOTE).write_text("mine and two")
    done = export(tmp_path, {NOTE: "two"})
    assert (done.conflicts, done.kept) == ({}, [NOTE])
    assert files(tmp_path) == {NOTE: "mine and two"}
    assert export(tmp_path, {NOTE: "three"}).conflicts == {NOTE: BESIDE}


def test_what_stands_beside_is_theirs_too_once_it_is_changed(tmp_path: Path) -> None:
    """The next text goes beside both."""
    export(tmp_path, {NOTE: "one"})
    (tmp_path / NOTE).write_text("mine")
    export(tmp_path, {NOTE: "two"})
    (tmp_path / BESIDE).write_text("two and mine")
    done = export(tmp_path, {NOTE: "three"})
    second = "pages/ada/bread.footnoted-new-2.md"
    assert done.conflicts == {NOTE: second}
    assert files(tmp_path) == {NOTE: "mine", BESIDE: "two and mine", second: "three"}


def test_what_stood_beside_goes_when_the_note_is_given_back(tmp_path: Path) -> None:
    """Somebody who removes the note gets ours."""
    export(tmp_path, {NOTE: "one"})
    (tmp_path / NOTE).write_text("mine")
    export(tmp_path, {NOTE: "two"})
    (tmp_path / NOTE).unlink()
    export(tmp_path, {NOTE: "two"})
    assert files(tmp_path) == {NOTE: "two"}


def test_a_changed_note_outlives_its_page(tmp_path: Path) -> None:
    """It is told of once, and is theirs from then on."""
    export(tmp_path, {NOTE: "one"})
    (tmp_path / NOTE).write_text("mine")
    assert export(tmp_path, {}).left == [NOTE]
    assert export(tmp_path, {}).left == []
    assert files(tmp_path) == {NOTE: "mine"}


def test_what_was_never_ours_is_not_touched(tmp_path: Path) -> None:
    """Not even where ours would go by the same name: a file, a link, a folder."""
    (tmp_path / "pages" / "ada").mkdir(parents=True)
    (tmp_path / NOTE).write_text("mine")
    (tmp_path / "other.md").write_text("x")
    (tmp_path / "link.md").symlink_to(tmp_path / "other.md")
    (tmp_path / "folder.md").mkdir()
    done = export(tmp_path, {NOTE: "one", "link.md": "l", "folder.md": "f"})
    assert sorted(done.conflicts) == ["folder.md", "link.md", NOTE]
    assert (tmp_path / NOTE).read_text() == "mine"
    assert (tmp_path / "other.md").read_text() == "x"


def test_an_export_that_died_half_way_is_taken_up(tmp_path: Path) -> None:
    """What it had moved is known as ours by its intent, though the manifest never named it."""
    died, whole = tmp_path / "died", tmp_path / "whole"
    export(died, {NOTE: "one"})
    export(whole, {NOTE: "two"})
    (whole / MANIFEST).rename(died / INTENT)
    (whole / NOTE).rename(died / NOTE)
    assert export(died, {NOTE: "three"}).conflicts == {}
    assert files(died) == {NOTE: "three"}


def test_what_was_never_put_beside_is_not_taken_for_settled(tmp_path: Path) -> None:
    """An export that died before it moved anything leaves an intent, and nothing to see."""
    died, whole = tmp_path / "died", tmp_path / "whole"
    for root, text in ((died, "one"), (whole, "one"), (whole, "two")):
        export(root, {NOTE: text})
        (root / NOTE).write_text("mine")
    (whole / MANIFEST).rename(died / INTENT)
    assert export(died, {NOTE: "two"}).conflicts == {NOTE: BESIDE}
    assert files(died) == {NOTE: "mine", BESIDE: "two"}


def test_a_manifest_that_nobody_can_read_stops_it(tmp_path: Path) -> None:
    """Without it nobody knows what is ours."""
    export(tmp_path, {NOTE: "one"})
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(UsageError, match="export into another folder"):
        ExportFolder(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """It is refused in a sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is not a folder"):
        ExportFolder(tmp_path / "file")


_NAMES = st.sampled_from(["a.md", "b/c.md"])
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("export"), st.dictionaries(_NAMES, st.sampled_from("pqr"), max_size=2)),
        st.tuples(st.just("write"), _NAMES),
        st.tuples(st.just("remove"), _NAMES),
    ),
    max_size=12,
)


@given(_STEPS)
def test_nothing_a_person_wrote_is_ever_lost(steps: list[tuple[str, object]]) -> None:
    """After any exports and edits, what stands under a name is the last thing a person put there.

    And what an export wants stands somewhere: under its name, or beside what a person wrote.
    """
    with tempfile.TemporaryDirectory() as made:
        root, written = Path(made), dict[str, str]()
        for number, (verb, what) in enumerate(steps):
            match verb, what:
                case "export", dict():
                    done = export(root, what)
                    now = files(root)
                    for path, text in what.items():
                        stands = now[done.conflicts.get(path, path)]
                        assert stands == text or path in done.kept
                case "write", str():
                    (root / what).parent.mkdir(exist_ok=True)
                    (root / what).write_text(f"by hand {number}")
                    written[what] = f"by hand {number}"
                case _, path:
                    (root / str(path)).unlink(missing_ok=True)
                    written.pop(str(path), None)
            assert {path: (root / path).read_text() for path in written} == written
