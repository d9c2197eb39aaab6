"""Which versions `page diff` compares, and what `page history` says of each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from footnoted.cli import page_changes
from footnoted.errors import UsageError
from footnoted.knowledge.pages.reading import build_view
from footnoted.knowledge.pages.view import PageVersion
from tests.unit.knowledge.pages.test_changes import HEAD, row


@pytest.mark.parametrize("versions", [[1], [2, 2], [1, 2, 3]])
def test_a_diff_has_two_different_sides(versions: list[int]) -> None:
    """Anything else is a mistake, told in one sentence."""
    with pytest.raises(UsageError, match="two different versions"):
        page_changes.two_of(versions)


def test_two_versions_are_compared_as_named_and_none_are_the_last_two() -> None:
    """Which are the last two is known where the page is read."""
    assert (page_changes.two_of([3, 1]), page_changes.two_of(None)) == ((3, 1), None)


def test_a_history_counts_what_came_and_went_with_each_version() -> None:
    """The first version brought everything it has."""
    at = datetime(2026, 3, 1, tzinfo=UTC)
    one = build_view(HEAD, [row(0, "It doubled.", 1), row(1, "It smells.", 2)])
    two = build_view({**HEAD, "version": 2}, [row(0, "It doubled.", 1), row(1, "It rose.", 3)])
    told = list(
        page_changes.version_rows(
            [(PageVersion(1, "Proofing", at), one), (PageVersion(2, "Proofing", at), two)]
        )
    )
    assert [(each["version"], each["came"], each["went"]) for each in told] == [
        (1, 2, 0),
        (2, 1, 1),
    ]
    assert told[0]["made"] == "2026-03-01T00:00:00+00:00"
