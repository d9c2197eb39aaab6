"""Single lines: results to stdout, remarks to stderr, neither ever wrapped in the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.cli.terminal import plain, remarks, results

if TYPE_CHECKING:
    from rich.text import Text


def say(line: str | Text = "") -> None:
    """Write one line of the result."""
    results().print(plain(line) if isinstance(line, str) else line, soft_wrap=True)


def remark(line: str) -> None:
    """Write one line that helps a person and is no part of the result."""
    remarks().print(plain(line), soft_wrap=True)
