"""Where a command's words go: results to stdout, progress and remarks to stderr."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from footnoted.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

_WIDTH_OF_A_FILE = 160
"""Columns of a result that goes to a file or another program, which have no width."""
_LONGEST = 4_000


def results() -> Console:
    """Return the console of results; links and numbers are not coloured by guesswork."""
    width = None if sys.stdout.isatty() else _WIDTH_OF_A_FILE
    return Console(highlight=False, markup=False, emoji=False, width=width)


def remarks() -> Console:
    """Return the console of progress and remarks."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def write_json(schema: str, fields: Mapping[str, object]) -> None:
    """Write one JSON object to stdout; `schema` names its shape and version, as in `search/1`.

    Fields may be added to a shape; one that goes or changes its meaning raises the version.
    """
    answer = {"schema": f"footnoted.{schema}", **fields}
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")


def plain(text: str, style: str = "") -> Text:
    """Return text from outside on one line, without what a terminal would obey."""
    return Text(one_line(text, _LONGEST), style=style)
