"""What a list without a page says."""

from __future__ import annotations

import pytest

from footnoted.cli.library import Wanted
from footnoted.cli.pages import why_empty


@pytest.mark.parametrize("creator", ["nobody", ""])
def test_a_filter_that_lets_nothing_through_is_not_taken_for_an_empty_library(creator: str) -> None:
    """An empty name is a filter too: an unset variable of a script must not hide all pages."""
    assert why_empty(Wanted(creator=creator)).startswith("No page is by that creator")


def test_an_empty_library_is_said_to_be_one() -> None:
    """With where to see how far it is."""
    assert why_empty(Wanted()).startswith("There are no pages yet")
