"""Looking at folders: what is there, what is news, what is passed over."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources import contents
from footnoted.sources.folder import FolderScanner
from footnoted.sources.port import (
    FileRole,
    KnownFile,
    Scan,
    ScanLimits,
    ScanRequest,
    SourceUnreachableError,
)

NOW_NS = 1_800_000_000 * 10**9
OLD_NS = NOW_NS - 60 * 10**9


def write(folder: Path, name: str, content: str = "words", *, at_ns: int = OLD_NS) -> Path:
    """Put an old file into the folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    os.utime(path, ns=(at_ns, at_ns))
    return path


def scan(*targets: object, known: dict[str, KnownFile] | None = None, **limits: Any) -> Scan:
    """Look once."""
    request = ScanRequest([str(t) for t in targets], known or {}, NOW_NS, ScanLimits(**limits))
    return FolderScanner().scan(request)


def known_of(found: Scan, *, missing: bool = False) -> dict[str, KnownFile]:
    """Return what the next look knows of what one found."""
    return {
        file.path: KnownFile(
            file.role, file.origin, file.sha256, file.size_bytes, file.modified_ns, missing
        )
        for media in found.found
        for file in media.files
    }


def names(found: Scan) -> list[list[str]]:
    """Return the file names of each recording found."""
    return [[Path(file.path).name for file in media.files] for media in found.found]


def test_files_are_grouped_hashed_and_dated(tmp_path: Path) -> None:
    """One recording from three files of a stem."""
    write(tmp_path, "talk.en.vtt", "hello")
    write(tmp_path, "talk.mp3", "sound")
    write(tmp_path, "talk.info.json", "{}")
    (media,) = scan(tmp_path).found
    files = {Path(file.path).name: file for file in media.files}
    assert (media.stem, media.folder) == ("talk", tmp_path.name)
    assert {name: file.role for name, file in files.items()} == {
        "talk.en.vtt": FileRole.TRANSCRIPT,
        "talk.mp3": FileRole.MEDIA,
        "talk.info.json": FileRole.METADATA,
    }
    words = files["talk.en.vtt"]
    assert words.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert (words.size_bytes, words.modified_ns) == (5, OLD_NS)


def test_a_look_that_knows_everything_finds_nothing(tmp_path: Path) -> None:
    """And opens no file."""
    write(tmp_path, "a.vtt")
    write(tmp_path, "metadata.csv", "file,title\na,T\n")
    first = scan(tmp_path)
    second = scan(tmp_path, known=known_of(first))
    assert (second.found, second.unchanged, second.missing) == ((), 1, ())


def test_files_that_are_back_or_gone_are_named(tmp_path: Path) -> None:
    """Nothing else is said of them."""
    path = write(tmp_path, "a.vtt")
    write(tmp_path, "b.vtt")
    first = scan(tmp_path)
    path.unlink()
    assert scan(tmp_path, known=known_of(first)).missing == (str(path),)
    write(tmp_path, "a.vtt")
    back = scan(tmp_path, known=known_of(first, missing=True))
    assert set(back.returned) == {str(path), str(tmp_path / "b.vtt")}


def test_who_wrote_the_captions_is_told_by_name_or_sidecar(tmp_path: Path) -> None:
    """Nobody tells of plain text."""
    for name in ("a.en-orig.vtt", "b.en.vtt", "c.de.vtt", "c.fr.vtt", "c.txt"):
        write(tmp_path, name)
    write(tmp_path, "c.info.json", '{"subtitles": {"de": []}, "automatic_captions": {"fr": []}}')
    origins = {
        Path(file.path).name: file.origin for media in scan(tmp_path).found for file in media.files
    }
    assert origins == {
        "a.en-orig.vtt": TranscriptOrigin.CAPTIONS_AUTO,
        "b.en.vtt": TranscriptOrigin.IMPORTED,
        "c.de.vtt": TranscriptOrigin.CAPTIONS_MANUAL,
        "c.fr.vtt": TranscriptOrigin.CAPTIONS_AUTO,
        "c.txt": TranscriptOrigin.IMPORTED,
        "c.info.json": None,
    }


def test_other_files_are_counted_by_reason_and_named_while_there_is_room(tmp_path: Path) -> None:
    """A folder of a million pictures makes no long list."""
    for number in range(5):
        write(tmp_path, f"{number}.jpg")
    write(tmp_path, "alone.info.json", "{}")
    found = scan(tmp_path, max_named=2)
    assert found.ignored_counts == {
        "a sidecar with no recording beside it": 1,
        "neither transcript nor recording (.jpg)": 5,
    }
    assert len(found.ignored) == 2


@pytest.mark.parametrize(
    ("age_ns", "is_left"), [(10**9, True), (-(10**9), True), (-(10**12), False)]
)
def test_a_file_written_just_now_is_left(tmp_path: Path, age_ns: int, is_left: bool) -> None:  # noqa: FBT001
    """With everything of its stem; a time far in the future is no reason."""
    path = write(tmp_path, "a.vtt", at_ns=NOW_NS - age_ns)
    write(tmp_path, "a.mp4")
    found = scan(tmp_path)
    assert found.unsettled == ((str(path),) if is_left else ())
    assert len(found.found) == (0 if is_left else 1)


def test_a_file_that_grows_while_it_is_read_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time may be old: the two looks at it differ."""
    path = write(tmp_path, "a.vtt")
    monkeypatch.setattr(contents, "_CHUNK_BYTES", 2)
    looks = iter(range(10))

    def is_stopped() -> bool:
        if next(looks) == 2:
            with path.open("a") as file:
                file.write("more")
            os.utime(path, ns=(OLD_NS, OLD_NS))
        return False

    found = FolderScanner().scan(ScanRequest([str(tmp_path)], {}, NOW_NS, ScanLimits(), is_stopped))
    assert (found.found, found.unsettled) == ((), (str(path),))


def test_a_look_asked_to_stop_ends_and_misses_nothing(tmp_path: Path) -> None:
    """What it did not see is not gone."""
    write(tmp_path, "a.vtt")
    known = known_of(scan(tmp_path))
    (tmp_path / "a.vtt").unlink()
    write(tmp_path, "b.vtt")
    request = ScanRequest([str(tmp_path)], known, NOW_NS, ScanLimits(), lambda: True)
    found = FolderScanner().scan(request)
    assert (found.found, found.missing, found.is_partial) == ((), (), True)


def test_one_look_takes_so_much_and_no_more(tmp_path: Path) -> None:
    """By count and by bytes; files that changed are always taken."""
    for name in ("a", "b", "c"):
        write(tmp_path, f"{name}.vtt", "x" * 10)
    by_count, by_bytes = scan(tmp_path, max_found=2), scan(tmp_path, max_hashed_bytes=10)
    assert (names(by_count), by_count.is_partial) == ([["a.vtt"], ["b.vtt"]], True)
    assert (names(by_bytes), by_bytes.is_partial) == ([["a.vtt"]], True)
    known = known_of(scan(tmp_path))
    for name in ("a", "b", "c"):
        write(tmp_path, f"{name}.vtt", "changed")
    assert len(scan(tmp_path, known=known, max_found=1).found) == 3


def test_links_lead_nowhere_but_into_the_folder(tmp_path: Path) -> None:
    """Whoever may write there would else have any file read; a loop of links ends."""
    inside, outside = tmp_path / "in", tmp_path / "in and out"
    write(inside, "a.vtt")
    write(outside, "sub/b.vtt")
    (inside / "loop").symlink_to(inside)
    (inside / "out").symlink_to(outside)
    (inside / "secret.txt").symlink_to(outside / "sub" / "b.vtt")
    (inside / "again.vtt").symlink_to("a.vtt")
    (inside / "far.vtt").symlink_to(tmp_path / "nothing")
    (inside / "dangling.vtt").symlink_to(inside / "nothing")
    found = scan(inside)
    assert names(found) == [["a.vtt"], ["again.vtt"]]
    assert found.ignored_counts == {
        "a link back into the folder": 1,
        "a link out of the folder: follow or add what it leads to": 3,
    }
    assert [problem.reason for problem in found.problems] == [
        "cannot be looked at: No such file or directory"
    ]
    assert names(scan(outside)) == [["b.vtt"]]


def test_a_folder_or_file_that_is_named_may_be_a_link(tmp_path: Path) -> None:
    """A person said it."""
    file = write(tmp_path / "out", "b.vtt")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.vtt").symlink_to(file)
    assert names(scan(tmp_path / "in" / "link.vtt")) == [["link.vtt"]]


def test_files_behind_a_link_are_not_missed(tmp_path: Path) -> None:
    """An earlier release took them, or what it led to is a disk that is away."""
    write(tmp_path / "in", "b.vtt")
    known = known_of(scan(tmp_path / "in"))
    known[str(tmp_path / "in" / "disk" / "a.vtt")] = next(iter(known.values()))
    for target in (tmp_path / "out", tmp_path / "in" / "away"):
        (tmp_path / "in" / "disk").unlink(missing_ok=True)
        (tmp_path / "in" / "disk").symlink_to(target)
        found = scan(tmp_path / "in", known=known)
        assert (len(known), found.missing, found.unchanged) == (2, (), 1)


def test_what_is_no_regular_file_is_never_opened(tmp_path: Path) -> None:
    """A pipe would block for ever."""
    os.mkfifo(tmp_path / "a.vtt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "b.vtt"))
        found = scan(tmp_path)
    assert (found.found, found.ignored_counts) == ((), {"not a regular file": 2})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told_and_not_missed(tmp_path: Path) -> None:
    """What is known below a closed folder stays known."""
    write(tmp_path, "open.vtt", "one")
    write(tmp_path, "closed/a.vtt", "two")
    known = known_of(scan(tmp_path))
    write(tmp_path, "secret.vtt").chmod(0)
    (tmp_path / "closed").chmod(0)
    found = scan(tmp_path, known=known)
    (tmp_path / "closed").chmod(0o755)
    assert (found.found, found.missing) == ((), ())
    assert sorted(problem.reason for problem in found.problems) == [
        "cannot be read: Permission denied",
        "the folder cannot be read: Permission denied",
    ]


def test_a_file_that_fails_to_read_is_told_and_the_others_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Per file, with the system's reason."""
    real = contents.sha256_of

    def sha256_of(entry: Any, is_stopped: Any) -> str:
        if entry.name == "bad.vtt":
            raise OSError(5, "Input/output error")
        return real(entry, is_stopped)

    write(tmp_path, "bad.vtt")
    write(tmp_path, "good.vtt")
    monkeypatch.setattr("footnoted.sources.gathering.sha256_of", sha256_of)
    found = scan(tmp_path)
    assert names(found) == [["good.vtt"]]
    assert [str(p) for p in found.problems] == [
        f"{tmp_path}/bad.vtt: cannot be read: Input/output error"
    ]


@pytest.mark.parametrize("state", ["gone", "empty", "a file"])
def test_a_folder_that_is_away_is_told(tmp_path: Path, state: str) -> None:
    """Nothing is said to be missing."""
    folder = tmp_path / "in"
    write(folder, "a.vtt")
    known = known_of(scan(folder))
    shutil.rmtree(folder)
    if state == "empty":
        folder.mkdir()
    target = folder / "*.vtt" if state == "a file" else folder
    with pytest.raises(SourceUnreachableError) as caught:
        scan(target, known=known)
    assert caught.value.concerns == str(folder)


def test_an_empty_folder_of_which_nothing_is_known_is_only_empty(tmp_path: Path) -> None:
    """It may have been made to be filled."""
    assert scan(tmp_path) == Scan()


def test_single_files_are_taken_with_their_sidecars(tmp_path: Path) -> None:
    """And nothing beside them, but it is told whose they are."""
    write(tmp_path, "a.en.vtt")
    write(tmp_path, "a.fr.vtt")
    write(tmp_path, "a.info.json", '{"title": "T"}')
    write(tmp_path, "b.vtt")
    write(tmp_path, "metadata.csv", "file,language\na,en\n")
    (media,) = scan(tmp_path / "a.en.vtt").found
    assert [Path(file.path).name for file in media.files] == [
        "a.en.vtt",
        "a.info.json",
        "metadata.csv",
    ]
    assert media.siblings == (str(tmp_path / "a.fr.vtt"),)
    assert (media.facts.title, media.facts.language) == ("T", "en")


def test_a_path_that_is_named_twice_is_taken_once(tmp_path: Path) -> None:
    """As a folder and as a file of it."""
    path = write(tmp_path, "a.vtt")
    assert names(scan(tmp_path, path)) == [["a.vtt"]]


def test_a_table_tells_of_rows_that_speak_of_nothing(tmp_path: Path) -> None:
    """With the line to look at."""
    write(tmp_path, "a.vtt")
    write(tmp_path, "sub/b.vtt")
    write(tmp_path, "metadata.csv", "file,title\na,A\nsub/b.vtt,B\nc,C\n")
    found = scan(tmp_path)
    assert [media.facts.title for media in found.found] == ["A", "B"]
    assert [(problem.line, problem.reason) for problem in found.problems] == [
        (4, "names c, which is not there")
    ]


def test_a_table_still_being_written_holds_its_folder_back(tmp_path: Path) -> None:
    """Half of it would name half of the recordings."""
    write(tmp_path, "a.vtt")
    path = write(tmp_path, "metadata.csv", "file,ti", at_ns=NOW_NS)
    found = scan(tmp_path)
    assert (found.found, found.unsettled) == ((), (str(path),))


def test_a_preview_reads_no_content(tmp_path: Path) -> None:
    """Only names and sidecars."""
    write(tmp_path, "a.vtt")
    (media,) = scan(tmp_path, hashes=False).found
    assert media.files[0].sha256 == ""


def test_gone_paths_are_those_without_a_file(tmp_path: Path) -> None:
    """A file in the way of a folder counts as gone too."""
    path = write(tmp_path, "a.vtt")
    gone = [str(tmp_path / "b.vtt"), str(path / "c.vtt")]
    assert FolderScanner().gone([str(path), *gone]) == gone
