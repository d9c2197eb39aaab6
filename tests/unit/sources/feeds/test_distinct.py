"""Entries of one feed that share a key."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from footnoted.sources.feeds.distinct import distinct_items
from footnoted.sources.items import FoundItem
from footnoted.sources.port import Facts


def item(guid: str, url: str, title: str | None) -> FoundItem:
    """Return an entry with these marks; empty ones are not stated."""
    keys = [f"guid:s:{guid}" if guid else "", f"url:{url}" if url else ""]
    return FoundItem(
        keys=tuple(key for key in keys if key), facts=Facts(title=title), link=f"https://{url}"
    )


def test_what_differs_in_one_thing_only_is_listed_twice() -> None:
    """A second address of the same episode, or a second guid."""
    first = item("1", "a", "One")
    for second in (item("1", "a", "One"), item("1", "b", "One"), item("2", "a", "One")):
        kept, repeated = distinct_items([first, second])
        assert (kept[0].facts.title, len(kept), repeated) == ("One", 1, [second])


def test_a_key_that_two_items_share_identifies_neither() -> None:
    """A guid for everything, or one address for everything."""
    kept, repeated = distinct_items([item("1", "a", "One"), item("1", "b", "Two")])
    assert ([one.keys for one in kept], repeated) == ([("url:a",), ("url:b",)], [])
    kept, repeated = distinct_items([item("1", "a", "One"), item("2", "a", "Two")])
    assert ([one.keys for one in kept], repeated) == ([("guid:s:1",), ("guid:s:2",)], [])


def test_items_without_any_key_of_their_own_get_one() -> None:
    """From everything they say."""
    kept, repeated = distinct_items([item("1", "", "One"), item("1", "", "Two")])
    assert [one.keys[0][:6] for one in kept] == ["about:", "about:"]
    assert repeated == []


def test_a_doubt_keeps_both() -> None:
    """One thing equal and one different, without a third to decide."""
    kept, _ = distinct_items([item("1", "a", None), item("2", "a", "Two")])
    assert len(kept) == 2


marks = st.tuples(st.sampled_from(["", "1", "2"]), st.sampled_from("abc"), st.sampled_from("TUV"))


@given(st.lists(marks, max_size=12))
def test_nothing_is_lost_and_no_key_is_shared(feed: list[tuple[str, str, str]]) -> None:
    """Whatever a feed lists."""
    items = [item(*one) for one in feed]
    kept, repeated = distinct_items(items)
    keys = Counter(key for one in kept for key in one.keys)
    assert len(kept) + len(repeated) == len(items)
    assert all(one.keys for one in kept)
    assert [key for key, count in keys.items() if count > 1] == []
