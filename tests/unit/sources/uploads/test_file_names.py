"""Names that files come with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.sources.uploads.file_names import shown_name, suffix_of


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("talk.mp3", "talk.mp3"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\talk.mp3", "talk.mp3"),
        ("/", "upload"),
        ("", "upload"),
        ("..", "upload"),
        (".bashrc", "bashrc"),
        ("a\x00b\n c.mp3", "ab c.mp3"),
        ("gpj.\u202e3pm.exe", "gpj.3pm.exe"),
        ("\udcff.mp3", "mp3"),
        ("u\u0308ber.mp3", "\u00fcber.mp3"),
        ("x" * 500 + ".mp3", "x" * 196 + ".mp3"),
    ],
)
def test_a_name_is_only_for_showing(given_name: str, shown: str) -> None:
    """No folders, nothing unseen, not too long, never empty."""
    assert shown_name(given_name) == shown


@given(st.text())
def test_any_name_can_be_stored_and_shown(name: str) -> None:
    """And is its own shown name."""
    shown = shown_name(name)
    assert 0 < len(shown) <= 200
    assert not set("/\\\x00\n") & set(shown)
    assert shown.encode()
    assert shown_name(shown) == shown


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.VTT", ".vtt"), ("a", ""), ("a.", ""), ("a.b/c", ""), ("a.waytoolongone", ""), ("a.ü", "")],
)
def test_an_odd_ending_is_none(name: str, suffix: str) -> None:
    """It becomes part of a path, so it is of plain letters and short."""
    assert suffix_of(name) == suffix
