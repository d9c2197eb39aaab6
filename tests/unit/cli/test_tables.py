"""Tables in a file: aligned, one line a row, nothing that a terminal would obey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.cli.tables import write_table

if TYPE_CHECKING:
    import pytest


def test_columns_are_as_wide_as_their_widest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows end without spaces, and None is an empty cell."""
    write_table(("id", "title"), [(1, "a long title"), (22, None)])
    assert capsys.readouterr().out == "id  title\n1   a long title\n22\n"


def test_what_comes_from_outside_cannot_speak_to_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Escapes and line ends in a title become spaces."""
    write_table(("title",), [("a\x1b[31m\nb",)])
    assert capsys.readouterr().out == "title\na [31m b\n"
