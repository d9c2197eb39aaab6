"""A page for a terminal."""

from __future__ import annotations

from footnoted.cli.page_text import page_lines

PAGE = """# Title

*Ann · Crafts*

- Glue the walls.[^1]

[^1]: “Glue the walls” (A talk, 1:02) <https://video.example/a?t=62>
"""


def test_the_characters_are_those_of_the_markdown() -> None:
    """Whatever is set off, nothing is added and nothing lost."""
    assert "\n".join(line.plain for line in page_lines(PAGE)) + "\n" == PAGE


def test_numbers_and_links_are_set_off() -> None:
    """The eye finds the footnote of a claim, and the link of a footnote."""
    lines = list(page_lines(PAGE))
    claim, note = lines[4], lines[6]
    assert [claim.plain[span.start : span.end] for span in claim.spans] == ["[^1]"]
    assert [note.plain[span.start : span.end] for span in note.spans] == [
        "[^1]",
        "<https://video.example/a?t=62>",
    ]
