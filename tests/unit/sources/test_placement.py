"""Whose a file is, decided without a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.placement import FileRow, Known, Placed, place
from footnoted.sources.port import FileRole, FoundFile, FoundMedia


def found(path: str, content: str, role: FileRole = FileRole.TRANSCRIPT) -> FoundMedia:
    """Return a recording of one file; the content stands for its hash."""
    origin = TranscriptOrigin.IMPORTED if role is FileRole.TRANSCRIPT else None
    file = FoundFile(
        path=path,
        role=role,
        origin=origin,
        sha256=content,
        size_bytes=len(content),
        modified_ns=0,
    )
    return FoundMedia(stem=path, folder="", files=(file,))


def row(
    row_id: int, path: str, content: str, *, media_id: int | None = None, gone: bool = False
) -> FileRow:
    """Return a transcript the database knows; a recording of its own unless said otherwise."""
    return FileRow(
        row_id, media_id or row_id, path, FileRole.TRANSCRIPT, content, len(content), gone
    )


def only(media: FoundMedia, known: Known) -> Placed:
    """Return what becomes of one recording."""
    (placed,) = place([media], known).placed
    return placed


def test_an_unknown_file_is_a_new_recording() -> None:
    """Nothing is known of its path, content or stem."""
    placed = only(found("/a.vtt", "A"), Known([row(1, "/b.vtt", "B")]))
    assert (placed.media_id, placed.same_as, placed.rows) == (None, None, (None,))


def test_a_changed_file_keeps_its_recording() -> None:
    """With new words."""
    placed = only(found("/a.vtt", "A2"), Known([row(1, "/a.vtt", "A")]))
    assert (placed.media_id, placed.has_new_words, placed.is_renamed) == (1, True, False)


def test_known_content_whose_path_is_gone_moved() -> None:
    """Marked as missing before, or found missing now."""
    for known in (
        Known([row(1, "/a.vtt", "A", gone=True)]),
        Known([row(1, "/a.vtt", "A")], missing={"/a.vtt"}),
    ):
        placed = only(found("/b.vtt", "A"), known)
        assert (placed.media_id, placed.is_renamed, placed.is_copy) == (1, True, False)
        assert placed.rows == (known.rows[0],)


def test_known_content_whose_path_is_there_is_a_copy() -> None:
    """A row of its own, no recording of its own."""
    placed = only(found("/b.vtt", "A"), Known([row(1, "/a.vtt", "A")]))
    assert (placed.media_id, placed.is_copy, placed.rows) == (1, True, (None,))


def test_content_that_was_there_once_is_known() -> None:
    """An older version of a recording, found again elsewhere."""
    known = Known([row(1, "/a.vtt", "A2")], identities={"A": 1})
    placed = only(found("/b.vtt", "A"), known)
    assert (placed.media_id, placed.is_copy) == (1, True)


def test_a_row_whose_path_was_overwritten_by_a_move_is_displaced() -> None:
    """Its content is nowhere any more."""
    rows = [row(1, "/a.vtt", "A"), row(2, "/b.vtt", "B")]
    placement = place([found("/b.vtt", "A")], Known(rows, missing={"/a.vtt"}))
    assert placement.placed[0].media_id == 1
    assert placement.displaced == (2,)


def test_two_files_that_changed_places_keep_their_recordings() -> None:
    """Content decides before path."""
    rows = [row(1, "/a.vtt", "A"), row(2, "/b.vtt", "B")]
    placement = place([found("/a.vtt", "B"), found("/b.vtt", "A")], Known(rows))
    assert [placed.media_id for placed in placement.placed] == [2, 1]
    assert placement.displaced == ()


def test_a_sibling_says_whose_a_new_file_is() -> None:
    """The same folder and stem."""
    media = found("/a.fr.vtt", "F").model_copy(update={"siblings": ("/a.en.vtt",)})
    placed = only(media, Known([row(1, "/a.en.vtt", "A")]))
    assert (placed.media_id, placed.has_new_words) == (1, True)


def test_words_decide_over_sound() -> None:
    """A recording renamed to lie beside a transcript joins it."""
    words = found("/a.vtt", "A").files[0]
    sound = found("/a.mp4", "S", FileRole.MEDIA).files[0]
    media = FoundMedia(stem="a", folder="", files=(words, sound))
    moved = FileRow(2, 2, "/b.mp4", FileRole.MEDIA, "S", 1, is_missing=False)
    placed = only(media, Known([row(1, "/a.vtt", "A"), moved], missing={"/b.mp4"}))
    assert placed.media_id == 1


def test_a_copy_that_changed_is_split_off() -> None:
    """Its home is elsewhere and has other words."""
    rows = [row(1, "/a.vtt", "A"), row(2, "/b.vtt", "A", media_id=1)]
    placed = only(found("/b.vtt", "B"), Known(rows))
    assert (placed.media_id, placed.rows) == (None, (rows[1],))


def test_a_copy_that_changed_with_its_home_stays() -> None:
    """Both were edited alike."""
    rows = [row(1, "/a.vtt", "A"), row(2, "/b.vtt", "A", media_id=1)]
    placement = place([found("/a.vtt", "A2"), found("/b.vtt", "A2")], Known(rows))
    assert [placed.media_id for placed in placement.placed] == [1, 1]


def test_equal_new_files_are_one_new_recording() -> None:
    """The second is the same as the first."""
    placement = place([found("/a.vtt", "A"), found("/b.vtt", "A")], Known([]))
    assert [(p.media_id, p.same_as) for p in placement.placed] == [(None, None), (None, 0)]


PATHS = st.sampled_from(["/a.vtt", "/b.vtt", "/c.vtt", "/d.vtt"])
CONTENTS = st.sampled_from(["A", "B", "C", "D"])


@given(
    st.dictionaries(PATHS, CONTENTS, max_size=4),
    st.dictionaries(PATHS, CONTENTS, max_size=4),
)
def test_any_shuffle_is_placed_without_conflict(
    before: dict[str, str], after: dict[str, str]
) -> None:
    """No row is used twice, no path is left to two rows, and known content stays known.

    It is known at a new path, that is: at an old one it is the new version of what was there.
    """
    home: dict[str, int] = {}
    rows = [
        row(n, path, content, media_id=home.setdefault(content, n))
        for n, (path, content) in enumerate(sorted(before.items()), start=1)
    ]
    known = Known(rows, missing=set(before) - set(after))
    changed = {path: text for path, text in sorted(after.items()) if before.get(path) != text}
    placement = place([found(path, text) for path, text in changed.items()], known)
    used = [r.id for placed in placement.placed for r in placed.rows if r is not None]
    assert len(used) == len(set(used))
    assert set(used).isdisjoint(placement.displaced)
    staying = {r.path for r in rows if r.id not in used and r.id not in placement.displaced}
    assert staying.isdisjoint(changed)
    for placed in placement.placed:
        file = placed.found.files[0]
        if file.path not in before and file.sha256 in home:
            assert placed.media_id == home[file.sha256]
