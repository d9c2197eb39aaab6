"""Which page a person means."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from footnoted.cli.library import choose
from footnoted.errors import UsageError
from footnoted.knowledge.pages.view import PageSummary


def page(number: int, slug: str, creator: str = "ann", profile: str = "techniques") -> PageSummary:
    """Return a page in a list."""
    return PageSummary(
        id=UUID(int=number),
        slug=slug,
        title=slug,
        profile=profile,
        creator=creator.title(),
        creator_slug=creator,
        category="Crafts",
        version=1,
        claim_count=1,
        updated_at=datetime(2026, 3, 1, tzinfo=UTC),
    )


def test_the_only_page_is_meant() -> None:
    """One page under a slug needs no more words."""
    only = page(1, "glue")
    assert choose("glue", [only], [only, page(2, "wood")]) == only.id


def test_two_creators_with_one_slug_are_both_named() -> None:
    """The sentence holds the options to type."""
    found = [page(1, "glue", "ann"), page(2, "glue", "bob")]
    with pytest.raises(UsageError, match="--creator ann or --creator bob"):
        choose("glue", found, found)


def test_two_profiles_of_one_creator_are_told_apart_by_profile() -> None:
    """Naming the creator would not help there."""
    found = [page(1, "glue"), page(2, "glue", profile="stocks")]
    with pytest.raises(UsageError, match="--profile techniques or --profile stocks"):
        choose("glue", found, found)


def test_a_misspelt_slug_is_answered_with_the_nearest() -> None:
    """Without one that is near, with the command that lists all."""
    pages = [page(1, "drums-and-bass"), page(2, "glue")]
    with pytest.raises(UsageError, match="did you mean drums-and-bass"):
        choose("drum-and-bass", [], pages)
    with pytest.raises(UsageError, match="`footnoted pages` lists all"):
        choose("zzz", [], pages)
