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
from footnoted.sources.rules.backfill import Backfill, Reach, parse_backfill, plan_backfill

START = datetime(2026, 1, 1, tzinfo=UTC)


def item(name: str, day: int | None) -> FoundItem:
    """Return an item published on a day of the year, or with an unknown date."""
    at = None if day is None else START + timedelta(days=day)
    return FoundItem(keys=(name,), facts=Facts(published_at=at))


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
        ("since 2026-01-06", "ab"),
        ("since 2026-01-04", "ab?c"),
        ("since 2027-01-01", ""),
    ],
)
def test_the_newest_are_chosen_whatever_the_order_of_the_listing(text: str, expected: str) -> None:
    """An item without a date stands where the listing has it."""
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


def test_nothing_dated_is_reached_by_no_date() -> None:
    """A listing without dates is not taken whole because a date was asked."""
    undated = [item(name, None) for name in "abc"]
    assert plan_backfill(undated, parse_backfill("since 2020-01-01")) == []


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
