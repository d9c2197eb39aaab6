"""Which recording an item is, whatever its feed does to guid, address and title (complaint 14)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.sources.feeds.identity import (
    KnownItem,
    Marks,
    about_keys,
    keys_of,
    recognise,
    same_item,
    scope_of,
)
from footnoted.sources.items import FoundItem
from footnoted.sources.port import Facts

NOON = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
SCOPE = "show.example/feed"


def item(
    guid: str | None = "g1",
    url: str | None = "https://cdn.example/1.mp3",
    title: str | None = "One",
    at: datetime | None = NOON,
    length_ms: int | None = 60_000,
) -> FoundItem:
    """Return an item of one feed."""
    facts = Facts(title=title, published_at=at, duration_ms=length_ms)
    marks = Marks(SCOPE, facts, guid=guid, media_url=url)
    return FoundItem(keys=keys_of(marks), facts=facts, media_url=url)


def known(found: FoundItem, media_id: int = 1) -> KnownItem:
    """Return an item as it is known after it was taken."""
    return KnownItem(media_id, frozenset(found.keys), found.facts)


OTHER_URL = "https://cdn.example/2.mp3"
LATER = NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (item(), True),
        (item(url="https://cdn.example/1.mp3?token=rotated"), True),
        (item(url="https://dts.podtrac.com/redirect.mp3/cdn.example/1.mp3"), True),
        (item(url=OTHER_URL), True),
        (item(url=OTHER_URL, title="One (fixed)"), True),
        (item(guid="g2"), True),
        (item(title="Two", at=LATER, length_ms=900_000), True),
        (item(guid=None), True),
        (item(guid="g2", title="One, again"), True),
        (item(guid="g2", url=OTHER_URL), True),
        (item(url=OTHER_URL, title="Two", at=None, length_ms=None), True),
        (item(url=OTHER_URL, title="Two", at=LATER), False),
        (item(url=OTHER_URL, title="Two", length_ms=900_000), False),
        (item(guid="g2", title="Two", at=LATER), False),
        (item(guid="g2", url=OTHER_URL, title="Two"), False),
        (item(guid="g2", url=OTHER_URL, title="One", at=LATER), False),
    ],
)
def test_one_shared_key_is_believed_unless_everything_else_differs(
    found: FoundItem, *, expected: bool
) -> None:
    """The table of what feeds do: rotate, repeat, rename, reuse."""
    first = item()
    assert same_item(first.keys, first.facts, found) is expected


def test_a_youtube_video_is_its_id() -> None:
    """Whatever its title or date became; and another id is another video."""
    marks = Marks(SCOPE, Facts(title="A"), guid="yt:video:abcdefghijk", video_id="abcdefghijk")
    keys = keys_of(marks)
    assert keys == ("youtube:abcdefghijk",)
    renamed = FoundItem(keys=keys, facts=Facts(title="B"))
    assert same_item(keys, Facts(title="A"), renamed)
    assert not same_item(("youtube:ABCDEFGHIJK",), Facts(title="B"), renamed)


def test_an_entry_without_a_file_that_links_to_youtube_is_that_video() -> None:
    """The same recording has the same key, from whichever feed."""
    link = "https://youtu.be/abcdefghijk?si=x"
    assert keys_of(Marks(SCOPE, Facts(), guid="7", link=link)) == ("youtube:abcdefghijk",)


def test_guids_mean_something_within_their_feed_only() -> None:
    """Two feeds that count from 1 do not share recordings."""
    mine = keys_of(Marks("a.example/feed", Facts(), guid="1"))
    theirs = keys_of(Marks("b.example/feed", Facts(), guid="1"))
    assert mine == ("guid:a.example/feed:1",)
    assert set(mine).isdisjoint(theirs)


def test_the_scope_of_a_feed_survives_a_change_of_scheme() -> None:
    """Http to https is the commonest move of all."""
    assert scope_of("http://www.show.example/feed?utm_source=x") == scope_of(
        "https://show.example/feed"
    )


def test_a_title_and_a_time_tell_within_one_feed_and_with_a_duration_everywhere() -> None:
    """There is an `Episode 1` of the same Monday morning in many a feed."""

    def keys(at: datetime, length_ms: int | None, scope: str = "a") -> set[str]:
        facts = Facts(title="Episode 1", published_at=at, duration_ms=length_ms)
        return set(about_keys(scope, facts))

    day = datetime(2026, 3, 1, tzinfo=UTC)
    assert keys(day, None) == set()
    assert len(keys(day, 60_000)) == 1
    assert len(keys(NOON, None)) == 1
    assert keys(NOON, None).isdisjoint(keys(NOON, None, "b"))
    assert keys(NOON, 60_000) & keys(NOON, 60_000, "b")
    assert keys(NOON, None) < keys(NOON, 61_000)
    assert about_keys("a", Facts(title="", published_at=NOON)) == ()


def test_a_move_to_another_host_is_survived_by_title_and_time() -> None:
    """New guids, new addresses, and a duration that was not stated before."""
    before = item(length_ms=None)
    after = item(guid="new-1", url=OTHER_URL)
    assert same_item(before.keys, before.facts, after)


def test_a_feed_that_reuses_one_guid_gives_new_recordings() -> None:
    """The guid stays with the first; the others are known by the rest of their keys."""
    first = item()
    second = item(url=OTHER_URL, title="Two", at=LATER)
    met = recognise(second, [known(first)])
    assert met.known_id is None
    assert met.taken_keys == ("guid:show.example/feed:g1",)
    assert met.new_keys == second.keys[1:]
    assert len(met.new_keys) == 3
    again = recognise(second, [known(first), KnownItem(2, frozenset(met.new_keys), second.facts)])
    assert (again.known_id, again.new_keys) == (2, ())


def test_new_keys_of_a_known_recording_are_remembered() -> None:
    """So that it is known again when the old ones are gone."""
    first = item()
    changed = item(guid="g2")
    met = recognise(changed, [known(first)])
    assert (met.known_id, met.new_keys) == (1, ("guid:show.example/feed:g2",))


def test_the_candidate_with_the_more_trusted_key_is_taken() -> None:
    """The same address says more than the same guid, whichever recording is older."""
    by_guid = known(item(url=OTHER_URL, at=None), 1)
    by_url = known(item(guid="g2", at=None), 2)
    found = item(at=None)
    assert recognise(found, [by_guid]).known_id == 1
    assert recognise(found, [by_guid, by_url]).known_id == 2


def test_the_oldest_of_equally_good_candidates_is_taken() -> None:
    """The answer does not depend on the order of the rows."""
    found = item()
    candidates = [known(found, 5), known(found, 3)]
    assert recognise(found, candidates).known_id == 3
    assert recognise(found, candidates[::-1]).known_id == 3


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(0, 3)), max_size=8
    )
)
def test_a_look_repeated_changes_nothing(feed: list[tuple[str, str, int]]) -> None:
    """Whatever was taken or recognised once is recognised as the same the next time."""
    media: dict[int, KnownItem] = {}

    def take(found: FoundItem) -> int:
        met = recognise(found, [one for one in media.values() if one.keys & set(found.keys)])
        media_id = met.known_id or len(media) + 1
        before = media[media_id].keys if media_id in media else frozenset[str]()
        media[media_id] = KnownItem(media_id, before | set(met.new_keys), found.facts)
        return media_id

    items = [
        item(guid, f"https://cdn.example/{url}.mp3", f"T{day}", NOON + timedelta(days=day))
        for guid, url, day in feed
    ]
    for one in items:
        first = take(one)
        assert take(one) == first
