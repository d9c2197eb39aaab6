"""What becomes of each file of an export."""

from __future__ import annotations

import pytest

from footnoted.archive.export.merging import Fate, beside, fate_of

OLD, NEW, THEIRS = "old", "new", "theirs"


@pytest.mark.parametrize(
    ("known", "found", "wanted", "expected"),
    [
        ((), None, NEW, Fate.WRITE),
        ((OLD,), OLD, NEW, Fate.WRITE),
        ((OLD,), None, NEW, Fate.WRITE),
        ((OLD,), NEW, NEW, Fate.NOTHING),
        ((), NEW, NEW, Fate.NOTHING),
        ((OLD,), THEIRS, OLD, Fate.KEEP),
        ((OLD,), THEIRS, NEW, Fate.CONFLICT),
        ((), THEIRS, NEW, Fate.CONFLICT),
        ((OLD,), OLD, None, Fate.REMOVE),
        ((OLD,), THEIRS, None, Fate.LEAVE),
        ((OLD,), None, None, Fate.NOTHING),
        ((OLD, NEW), NEW, "newer", Fate.WRITE),
    ],
)
def test_three_hashes_decide(
    known: tuple[str, ...], found: str | None, wanted: str | None, expected: Fate
) -> None:
    """What we wrote is ours to change; everything else is somebody's."""
    assert fate_of(known, found, wanted) is expected


def test_a_long_name_still_fits_and_is_still_its_own() -> None:
    """Eighty letters of three bytes, as an address may have."""
    names = [beside(f"pages/{'発' * 79}{last}.md", 1) for last in "酵母"]
    assert names[0] != names[1]
    assert all(len(name.removeprefix("pages/").encode()) <= 255 for name in names)
    assert all(name.endswith(".footnoted-new.md") for name in names)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "pages/a/b.footnoted-new.md"), (2, "pages/a/b.footnoted-new-2.md")],
)
def test_what_stands_beside_says_whose_it_is(number: int, expected: str) -> None:
    """It keeps its ending, so that it opens as the other does."""
    assert beside("pages/a/b.md", number) == expected
