"""The feed of stance events: what came, what went, and what of it is told as news."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.errors import ConfigurationError
from footnoted.profiles.stocks.history.changes import changes_between, identity_of
from footnoted.profiles.stocks.history.stance import EventKind, all_events, timelines
from footnoted.profiles.stocks.news import RECENT, edition_of, parse_kinds
from tests.unit.profiles.stocks.histories import EPOCH, mention, seen

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from footnoted.profiles.stocks.history.stance import Timeline
    from footnoted.profiles.stocks.types import MentionRow

EVERY = frozenset(EventKind)
NOW = EPOCH + timedelta(days=12)


def _timelines(said: Sequence[MentionRow], days: Collection[int]) -> tuple[Timeline, ...]:
    return timelines([one for one in said if one.video_id in days], seen(sorted(days)))


SAID = [mention(1, "buy"), mention(2, "buy"), mention(3, "sell"), mention(4, "buy")]


def _told(before: Collection[int], now: Collection[int]) -> list[list[tuple[str, str]]]:
    changes = changes_between(_timelines(SAID, before), _timelines(SAID, now))
    return [[(event.kind.value, event.recording) for _, event in told] for told in changes]


def test_a_new_recording_brings_its_own_event_and_takes_none() -> None:
    """What was known before is no part of the feed."""
    assert _told({1, 2}, {1, 2, 3}) == [[("flip", "talk-03")], []]


def test_an_old_recording_that_arrives_late_changes_what_follows_it() -> None:
    """A purchase after a purchase was new until the sale between them was known."""
    assert _told({1, 4}, {1, 3, 4}) == [[("flip", "talk-04"), ("flip", "talk-03")], []]
    assert _told({2, 3}, {1, 2, 3}) == [[("new", "talk-01")], [("new", "talk-02")]]


def test_a_removed_recording_takes_its_events_along() -> None:
    """And what only followed from it."""
    assert _told({1, 3, 4}, {1, 4}) == [[], [("flip", "talk-04"), ("flip", "talk-03")]]


@given(st.sets(st.integers(1, 4)), st.sets(st.integers(1, 4)))
def test_what_was_known_with_what_came_and_went_is_what_is_known(
    before: set[int], now: set[int]
) -> None:
    """The feed loses nothing: whoever follows it knows what `stance` shows."""
    old, new = _timelines(SAID, before), _timelines(SAID, now)
    came, went = ({identity_of(*told) for told in part} for part in changes_between(old, new))
    known = {identity_of(*told) for told in all_events(old)}
    assert (known - went) | came == {identity_of(*told) for told in all_events(new)}


def test_news_are_told_oldest_first_with_where_to_hear_them() -> None:
    """A sentence for each, with the stance before, and the link that opens the second."""
    said = [mention(1, "buy", horizon="years"), mention(3, "sell", 0.7)]
    told = edition_of((), timelines(said, seen(range(1, 4))), EVERY, NOW)
    assert [item.message for item in told.fresh] == [
        (
            "new (2026-01-02): NVDA (NVIDIA Corporation), Ada: buy 0.60 years:"
            " https://video.example/watch?v=1&t=4"
        ),
        (
            "flip (2026-01-04): NVDA (NVIDIA Corporation), Ada: buy → sell 0.70:"
            " https://video.example/watch?v=3&t=4"
        ),
    ]
    assert {item.concerns for item in told.fresh} == told.standing
    assert all(item.code == "stance_changed" for item in told.fresh)


def test_a_silence_cites_the_last_that_was_said() -> None:
    """Nobody can link to what was not said; a recording without a link is named."""
    said = [mention(1, "buy", speaker="Grace", url=None)]
    found = timelines(said, seen(range(1, 6), speakers=["Grace"]))
    told = edition_of((), found, {EventKind.SILENCE}, NOW)
    assert [item.message for item in told.fresh] == [
        (
            "silence (2026-01-06): NVDA (NVIDIA Corporation), Grace (Ada): buy, then not named:"
            " Talk 1 (video 1), 0:04"
        )
    ]


def test_a_stance_without_a_time_is_cited_by_its_cue() -> None:
    """A text has no seconds, and the address of its recording says no place in it."""
    found = timelines([mention(1, "buy", start_ms=None, first_cue=17)], seen([1]))
    (item,) = edition_of((), found, EVERY, NOW).fresh
    assert item.message.endswith("buy 0.60: Talk 1 (video 1), cue 17")


def test_only_the_kinds_that_were_asked_for_are_news() -> None:
    """The others stand, so that nothing about them is forgotten."""
    found = timelines([mention(1, "buy"), mention(3, "sell")], seen(range(1, 4)))
    told = edition_of((), found, {EventKind.FLIP}, NOW)
    assert [item.message.partition(" ")[0] for item in told.fresh] == ["flip"]
    assert len(told.standing) == 2


def test_a_backfill_is_no_news() -> None:
    """What was published long ago is in the feed, and nobody is woken for it."""
    found = timelines([mention(1, "buy")], seen([1]))
    published = EPOCH + timedelta(days=1)
    on_time, late = (
        edition_of((), found, EVERY, published + RECENT + later).fresh
        for later in (timedelta(0), timedelta(seconds=1))
    )
    assert (len(on_time), late) == (1, ())


def test_a_recording_that_is_analysed_again_in_other_words_is_no_news() -> None:
    """The same happened in the same recording."""
    before = timelines([mention(1, "buy", 0.6)], seen([1]))
    assert (
        edition_of(before, timelines([mention(1, "buy", 0.9)], seen([1])), EVERY, NOW).fresh == ()
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", ()), ("flip", (EventKind.FLIP,)), (" new, silence,", (EventKind.NEW, EventKind.SILENCE))],
)
def test_kinds_are_listed_by_commas(text: str, expected: tuple[EventKind, ...]) -> None:
    """Nothing listed is nothing told."""
    assert parse_kinds(text, "X") == expected


def test_a_kind_that_there_is_not_is_refused() -> None:
    """In a sentence that names the variable and the kinds."""
    with pytest.raises(ConfigurationError) as raised:
        parse_kinds("flip,flop", "X")
    assert raised.value.message == (
        "X: a stance has no change 'flop'; there is new, flip, escalation, silence"
    )
