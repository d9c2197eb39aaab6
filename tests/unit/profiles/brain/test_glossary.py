"""The glossary is read, or refused in one sentence with its line."""

from __future__ import annotations

import pytest

from footnoted.errors import ConfigurationError
from footnoted.profiles.brain.glossary import parse_glossary


def test_entries_are_lines_and_comments_are_for_people() -> None:
    """A name alone, and one with what it is misheard as."""
    glossary = parse_glossary("g", "# names\n\nKubernetes\nFOCIL: fossil, focal \n")
    assert [(each.written, each.heard) for each in glossary.entries] == [
        ("Kubernetes", ()),
        ("FOCIL", ("fossil", "focal")),
    ]


@pytest.mark.parametrize("text", ["ok\n: fossil", "ok\n" + "x" * 200, "A: fossil\nB: Fossil"])
def test_what_is_no_entry_is_refused_with_its_line(text: str) -> None:
    """Nothing written, too much written, and words misheard for two things."""
    with pytest.raises(ConfigurationError, match="g, line 2: "):
        parse_glossary("g", text)
