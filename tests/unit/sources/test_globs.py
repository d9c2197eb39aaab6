"""What locators match."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.errors import UsageError
from footnoted.sources.globs import read_target

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("pattern", "depth", "wanted", "unwanted"),
    [
        ("*.vtt", 0, "a.vtt", "sub/a.vtt"),
        ("*/*.vtt", 1, "sub/a.vtt", "a.vtt"),
        ("**/*.vtt", None, "a.vtt", "a.srt"),
        ("**/*.vtt", None, "x/y/z/a.vtt", "x/y/z/a.srt"),
        ("**", None, "x/y/a.srt", "nowhere"),
        ("a?.vtt", 0, "ab.vtt", "abc.vtt"),
        ("[ab]*.vtt", 0, "bee.vtt", "cat.vtt"),
        ("[!ab]*.vtt", 0, "cat.vtt", "bee.vtt"),
        ("a+(b).*", 0, "a+(b).vtt", "aab.vtt"),
    ],
)
def test_a_glob_matches_below_its_fixed_part(
    tmp_path: Path, pattern: str, depth: int | None, wanted: str, unwanted: str
) -> None:
    """Only `**` crosses folders; the depth bounds the walk."""
    target = read_target(f"{tmp_path}/{pattern}")
    assert (target.root, target.max_depth) == (str(tmp_path), depth)
    assert target.wants(f"{tmp_path}/{wanted}")
    if unwanted != "nowhere":
        assert not target.wants(f"{tmp_path}/{unwanted}")


def test_a_folder_wants_everything_below(tmp_path: Path) -> None:
    """Also one whose name looks like a pattern."""
    odd = tmp_path / "talks [2024]"
    odd.mkdir()
    target = read_target(str(odd))
    assert (target.root, target.max_depth) == (str(odd), None)
    assert target.wants(f"{odd}/x/y.vtt")


def test_a_pattern_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    """With a sentence that names it."""
    with pytest.raises(UsageError, match="no pattern of paths"):
        read_target(f"{tmp_path}/[z-a].vtt")
