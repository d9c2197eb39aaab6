"""What file names say."""

from __future__ import annotations

import pytest

from footnoted.sources.names import (
    FileName,
    NotTaken,
    group_key,
    read_name,
    title_of,
)
from footnoted.sources.port import FileRole


@pytest.mark.parametrize(
    ("name", "stem", "tag"),
    [
        ("talk.vtt", "talk", None),
        ("talk.en.vtt", "talk", "en"),
        ("talk.en-orig.SRT", "talk", "en-orig"),
        ("talk.pt-BR.json3", "talk", "pt-BR"),
        ("talk.zh-Hans.vtt", "talk", "zh-Hans"),
        ("talk.eng.srt", "talk", "eng"),
        ("talk.en.forced.srt", "talk", "en"),
        ("talk.mp4.vtt", "talk", None),
        ("talk.mp4.en.vtt", "talk", "en"),
        ("part.one.vtt", "part.one", None),
        ("part.two.vtt", "part.two", None),
        ("v1.2.vtt", "v1.2", None),
        ("en.vtt", "en", None),
        ("Title [YRvf00NooN8].de.vtt", "Title [YRvf00NooN8]", "de"),
    ],
)
def test_a_transcript_name_divides_into_stem_and_language(
    name: str, stem: str, tag: str | None
) -> None:
    """A wrong language would merge two recordings, so only known tags count."""
    read = read_name(name)
    assert isinstance(read, FileName)
    assert (read.role, read.stem, read.tag) == (FileRole.TRANSCRIPT, stem, tag)


@pytest.mark.parametrize(
    ("name", "role", "stem"),
    [
        ("talk.mp3", FileRole.MEDIA, "talk"),
        ("talk.f137.mp4", FileRole.MEDIA, "talk"),
        ("talk.en.mkv", FileRole.MEDIA, "talk.en"),
        ("talk.info.json", FileRole.METADATA, "talk"),
    ],
)
def test_recordings_and_sidecars_share_the_stem(name: str, role: FileRole, stem: str) -> None:
    """They are grouped by it."""
    read = read_name(name)
    assert isinstance(read, FileName)
    assert (read.role, read.stem) == (role, stem)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("README.md", "documentation by its name, not a transcript"),
        ("license.txt", "documentation by its name, not a transcript"),
        ("CHANGELOG-2024.md", "documentation by its name, not a transcript"),
        ("talk.live_chat.json", "live chat, not a transcript"),
        ("cover.jpg", "neither transcript nor recording (.jpg)"),
        ("talk.mp4.part", "neither transcript nor recording (.part)"),
        ("Makefile", "no file extension"),
    ],
)
def test_other_files_are_passed_over_with_a_reason(name: str, reason: str) -> None:
    """The reason is what a person reads."""
    assert read_name(name) == NotTaken(reason)


@pytest.mark.parametrize("name", ["readmes-i-have-known.md", "notices.txt", "licensed.txt"])
def test_a_name_that_only_begins_like_documentation_is_taken(name: str) -> None:
    """The word must stand alone."""
    assert isinstance(read_name(name), FileName)


def test_original_and_automatic_captions_are_told_by_their_marks() -> None:
    """yt-dlp marks the spoken language with `-orig`."""
    original, auto = read_name("a.en-orig.vtt"), read_name("a.en.auto.vtt")
    assert isinstance(original, FileName)
    assert isinstance(auto, FileName)
    assert (original.language, original.is_original, original.is_auto) == ("en", True, False)
    assert (auto.language, auto.is_original, auto.is_auto) == ("en", False, True)


def test_files_of_one_recording_have_one_key() -> None:
    """However their letters are composed, and only in one folder."""
    keys = {group_key(f"/x/caf{e}{end}") for e in ("é", "e\u0301") for end in (".vtt", ".en.srt")}
    assert keys == {("/x", "café")}
    assert group_key("/y/café.vtt") != group_key("/x/café.vtt")
    assert group_key("/x/metadata.csv") is None


@pytest.mark.parametrize(
    ("stem", "folder", "title"),
    [
        ("On_analytical  engines", "x", "On analytical engines"),
        ("Title [YRvf00NooN8]", "x", "Title"),
        ("transcript", "acdc-2026_174", "acdc-2026 174"),
        ("transcript_corrected", "acdc", "acdc: transcript corrected"),
        ("captions", "", "captions"),
        ("final", "x", "final"),
        ("[YRvf00NooN8]", "x", "[YRvf00NooN8]"),
    ],
)
def test_a_title_is_the_stem_in_words(stem: str, folder: str, title: str) -> None:
    """A stem that says nothing leaves it to the folder."""
    assert title_of(stem, folder) == title
