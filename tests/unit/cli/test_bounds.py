"""Numbers that no column could hold are refused where they are typed."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from footnoted.cli.application import build


@pytest.mark.parametrize(
    "command",
    [
        ["source", "add", "talks", "--daily-cap-usd", "1e30"],
        ["source", "edit", "1", "--daily-cap-usd", "inf"],
        ["source", "add", "talks", "--every", "99999999999999999999"],
        ["reprocess", "--max-usd", "1e30"],
        ["run", "--max-usd", "1e400"],
        ["search", "bread", "--source", "99999999999999999999"],
    ],
)
def test_a_number_beyond_reason_is_a_usage_error(command: list[str]) -> None:
    """With the option's name, before anything is opened; it was a traceback of the database."""
    ended = CliRunner().invoke(build(), command)
    assert ended.exit_code == 2
    assert f"Invalid value for '{command[-2]}'" in ended.stderr
