"""A page's Markdown for a terminal: the same characters, with their roles set off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = re.compile(r"\[\^\d+\]")
_LINK = re.compile(r"<[^<> ]+>$")


def page_lines(markdown: str) -> Iterator[Text]:
    """Yield the lines of a page, headings bold, footnote numbers and links coloured."""
    for line in markdown.splitlines():
        yield _styled(line)


def _styled(line: str) -> Text:
    text = Text(line)
    if line.startswith("# "):
        text.stylize("bold underline")
    elif line.startswith("## "):
        text.stylize("bold")
    elif line.startswith("*"):
        text.stylize("dim")
    text.highlight_regex(_NUMBER, "green")
    if line.startswith("[^"):
        text.highlight_regex(_LINK, "cyan")
    return text
