"""How far back a new source is taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from footnoted.errors import UsageError
from footnoted.sources.items import FoundItem
from footnoted.sources.port import Facts
from footnoted.sources.rules.backfill import (
    Backfill,
    Reach,
    parse_backfill,
    plan_backfill,
    told_left,
    undecided_of,
)

START = datetime(2026, 1, 1, tzinfo=UTC)


def item(name: str, day: int | None, media_url: str | None = None) -> FoundItem:
    """Return an item published on a day of the year, or with an unknown date."""
    at = None if day is None else START + timedelta(days=day)
    return FoundItem(keys=(name,), facts=Facts(published_at=at), media_url=media_url)


def listing(days_of: str, media_url: str | None = None) -> list[FoundItem]:
    """Return items by their days, `?` for an unknown one, each named by its place in the list."""
    days_told = [None if day == "?" else int(day) for day in days_of.split()]
    return [item("abcdefghi"[at], day, media_url) for at, day in enumerate(days_told)]


def names(items: list[FoundItem]) -> str:
    """Return the first keys in order."""
    return "".join(one.keys[0] for one in items)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("none", "none"),
        ("0", "none"),
        ("5", "5 newest"),
        ("12 Newest", "12 newest"),
        ("newest 3", "3 newest"),
        ("all", "all"),
        ("since 2026-01-31", "since 2026-01-31"),
        ("2026-01-31", "since 2026-01-31"),
        ("since 2026-01-31T10:00:00+02:00", "since 2026-01-31T08:00:00+00:00"),
        ("all, oldest first", "all, oldest first"),
        ("12 oldest-first", "12 newest, oldest first"),
        ("Since 2026-01-31 Oldest First", "since 2026-01-31, oldest first"),
    ],
)
def test_a_backfill_is_told_in_words_that_are_read_again(text: str, told: str) -> None:
    """And it survives being stored."""
    backfill = parse_backfill(text)
    assert str(backfill) == told
    assert parse_backfill(told) == backfill
    assert Backfill.model_validate_json(backfill.model_dump_json()) == backfill


@pytest.mark.parametrize(
    "text",
    [
        *("", "some", "-5", "5.5", "since", "since 2026-02-30", "since yesterday", "5 oldest"),
        *("oldest first", "none, oldest first", "all, oldest first, oldest first"),
    ],
)
def test_what_is_no_backfill_is_refused_in_a_sentence(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(UsageError, match="is no backfill"):
        parse_backfill(text)


def test_a_backfill_is_whole_or_refused() -> None:
    """And the usual one is small (complaint 12)."""
    assert str(Backfill()) == "5 newest"
    for parts in ({"reach": "since"}, {"newest": 0}, {"reach": "all", "newest": 3}):
        with pytest.raises(ValidationError):
            Backfill.model_validate(parts)


LISTED = [item("c", 3), item("a", 9), item("b", 5), item("?", None), item("d", 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", ""),
        ("2", "ab"),
        ("99", "ab?cd"),
        ("all", "ab?cd"),
        ("since 2026-01-06", "ab?"),
        ("since 2026-01-04", "ab?c"),
        ("since 2026-01-08", "a?"),
    ],
)
def test_the_newest_are_chosen_whatever_the_order_of_the_listing(text: str, expected: str) -> None:
    """An item without a date stands where the listing has it; of this one that tells nothing."""
    chosen = plan_backfill(LISTED, parse_backfill(text))
    assert names(chosen) == expected
    if text != "none":
        turned = parse_backfill(f"{text}, oldest first")
        assert names(plan_backfill(LISTED, turned)) == expected
        assert names(turned.in_order(chosen)) == expected[::-1]


def test_known_items_count_among_the_newest_and_are_left_out() -> None:
    """The same plan twice takes nothing new."""
    assert names(plan_backfill(LISTED, parse_backfill("2"), {"a"})) == "b"
    assert names(plan_backfill(LISTED, parse_backfill("2"), {"a", "b"})) == ""


def test_all_is_all_however_much_there_is() -> None:
    """What a first look leaves is left for good, so none of it is put off to a later one."""
    listed = [item(f"{number:05}", number // 40) for number in range(12_000)]
    taken = [plan_backfill(listed, parse_backfill(text)) for text in ("all", "since 2026-01-01")]
    assert [len(one) for one in taken] == [12_000, 12_000]


@pytest.mark.parametrize(
    ("days_of", "pages", "files"),
    [
        ("? ? ?", "abc", ""),
        ("9 8 ? ?", "abcd", "ab"),
        ("9 ? 8 3 ? 2", "abc", "abc"),
        ("3 ? ?", "", ""),
        ("? 3", "a", ""),
        ("3 ? 9 ?", "bcd", "c"),
        ("8 9 ? 3", "bca", "ba"),
        ("9 ? 4 ? ?", "ab", "a"),
    ],
)
def test_what_has_no_date_is_not_taken_for_older(days_of: str, pages: str, files: str) -> None:
    """Since day six: its place tells where the newest stand first, a day's difference apart.

    Else its page is to tell, which then decides; of a file in a feed nothing ever tells.
    """
    since = parse_backfill("since 2026-01-07")
    assert names(plan_backfill(listing(days_of), since)) == pages
    told = listing(days_of, "https://pod.example/1.mp3")
    assert names(plan_backfill(told, since)) == files


def test_an_item_without_a_date_is_told_to_be_one() -> None:
    """What its page is to tell, and that nothing will; no other backfill asks."""
    since, page = parse_backfill("since 2026-01-07"), item("a", None)
    file = item("a", None, "https://pod.example/1.mp3")
    asked = ("whether it is of 2026-01-07 or later",)
    assert (undecided_of(page, since), undecided_of(file, since)) == (asked, ())
    assert undecided_of(page, parse_backfill("3")) == ()
    older = "it is older than the following, and the backfill is since 2026-01-07"
    unknown = (
        "nothing tells its date, and the backfill is since 2026-01-07: a number or all takes it"
    )
    assert (told_left(page, since), told_left(file, since)) == (older, unknown)
    assert told_left(file, parse_backfill("3")).endswith("the backfill is 3 newest")


days = st.lists(st.integers(0, 365) | st.none(), max_size=30)


@given(days, st.integers(1, 40))
def test_a_plan_repeated_is_empty(listed: list[int | None], count: int) -> None:
    """Whatever is there, and however much is asked."""
    items = [item(f"{at}", day) for at, day in enumerate(listed)]
    for backfill in (Backfill(newest=count), Backfill(reach=Reach.ALL)):
        chosen = plan_backfill(items, backfill)
        known = {one.keys[0] for one in chosen}
        assert len(chosen) == min(len(items), count if backfill.newest else len(items))
        assert plan_backfill(items, backfill, known) == []
