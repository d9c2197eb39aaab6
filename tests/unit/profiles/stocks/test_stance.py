"""How stances change over recordings, and what makes no difference to that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from footnoted.profiles.stocks.history.stance import all_events, timelines
from tests.unit.profiles.stocks.histories import mention, seen

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from footnoted.profiles.stocks.history.stance import Timeline
    from footnoted.profiles.stocks.types import MentionRow


def _events(said: Sequence[MentionRow], days: int) -> list[tuple[str, str, str | None]]:
    """Return kind, recording and action before of each event of the only timeline."""
    (found,) = timelines(said, seen(range(1, days + 1)))
    return [(event.kind.value, event.recording, event.was) for event in found.events]


def test_a_history_of_twelve_recordings_has_exactly_these_events() -> None:
    """Watch, buy, the same in other words, surer, add, hold, flip, short, four quiet ones, anew."""
    said = [
        mention(1, "watch"),
        mention(2, "buy"),
        mention(3, "buy", quote="I keep on purchasing the thing"),
        mention(4, "buy", 0.9),
        mention(5, "add", 0.9),
        mention(6, "hold", 0.6),
        mention(7, "short", 0.6),
        mention(12, "buy", 0.6),
    ]
    assert _events(said, 12) == [
        ("new", "talk-01", None),
        ("escalation", "talk-02", "watch"),
        ("escalation", "talk-04", "buy"),
        ("escalation", "talk-05", "buy"),
        ("flip", "talk-07", "hold"),
        ("silence", "talk-11", "short"),
        ("new", "talk-12", None),
    ]


def test_a_paraphrase_and_a_weaker_repetition_make_no_event() -> None:
    """Neither other words nor a little more conviction is news; creeping up is, once."""
    said = [
        mention(1, "buy", 0.5),
        mention(2, "buy", 0.6, quote="a purchase it is"),
        mention(3, "buy", 0.4),
        mention(4, "hold", 0.9),
        mention(5, "buy", 0.7),
    ]
    assert _events(said, 5) == [("new", "talk-01", None), ("escalation", "talk-05", "hold")]


def test_who_sold_owes_no_further_word() -> None:
    """After a sale or a warning nothing is open, so not naming it is no silence."""
    assert _events([mention(1, "sell")], 9) == [("new", "talk-01", None)]


def test_naming_without_a_stance_breaks_a_silence() -> None:
    """A company that is spoken of is not silenced."""
    said = [mention(1, "buy"), mention(4, None), mention(9, None)]
    assert _events(said, 12) == [("new", "talk-01", None), ("silence", "talk-08", "buy")]


def test_what_somebody_names_by_name_is_no_silence_of_the_creator() -> None:
    """Speakers are known from the second recording on; each of them has a timeline as well."""
    said = [mention(1, "buy"), *(mention(day, "buy", speaker="Ben") for day in range(2, 8))]
    creators, bens = timelines(said, seen(range(1, 8), speakers=["Ben", "Cleo"]))
    assert [event.kind.value for event in creators.events] == ["new"]
    assert [event.kind.value for event in bens.events] == ["new"]


def test_who_does_not_name_it_is_silent_though_another_does() -> None:
    """A speaker answers for what he or she says."""
    said = [
        mention(1, "buy", speaker="Ben"),
        *(mention(day, "hold", speaker="Cleo") for day in range(2, 8)),
    ]
    bens, _ = timelines(said, seen(range(1, 8), speakers=["Ben", "Cleo"]))
    assert [event.kind.value for event in bens.events] == ["new", "silence"]


def test_the_surest_mention_is_the_stance_of_a_recording() -> None:
    """Of two in one recording, the surer one; of two as sure, the later."""
    said = [
        mention(1, "buy", 0.9, quote="early and sure"),
        mention(1, "sell", 0.3, quote="late and unsure", first_cue=9),
        mention(2, "hold", 0.6, quote="early", first_cue=2),
        mention(2, "buy", 0.6, quote="late", first_cue=5),
    ]
    (found,) = timelines(said, seen([1, 2]))
    assert [point.quote for point in found.points] == ["early and sure", "late"]


def test_two_that_are_as_sure_at_one_place_are_told_apart_by_what_they_say() -> None:
    """Not by which of them was read first."""
    said = [mention(1, "buy", quote="one"), mention(1, "sell", quote="two")]
    first, second = (timelines(order, seen([1])) for order in (said, said[::-1]))
    assert first == second


def test_speakers_have_stances_of_their_own() -> None:
    """What a guest by name says is not the creator's; silence counts where the guest is heard."""
    said = [mention(1, "buy", speaker="Grace"), mention(1, "sell", quote="no, sell")]
    recordings = [*seen([1], speakers=["Grace"]), *seen(range(2, 9))]
    found = timelines(said, recordings)
    assert [(one.speaker, one.points[0].action) for one in found] == [
        (None, "sell"),
        ("Grace", "buy"),
    ]
    assert [event.kind for _, event in all_events(found)] == ["new", "new"]


def test_what_is_not_resolved_has_no_timeline() -> None:
    """Two companies without a symbol may be two."""
    said = [mention(1, "buy", symbol=None, company="Anduril")]
    assert timelines(said, seen([1])) == ()


def test_a_recording_without_a_date_comes_last() -> None:
    """It cannot be said when it was, so it changes nothing before it."""
    said = [mention(3, "sell"), mention(1, "buy", published_at=None)]
    (found,) = timelines(said, seen([3]))
    assert [point.action for point in found.points] == ["sell", "buy"]
    assert [event.kind.value for event in found.events] == ["new"], "a flip needs a before"


def test_recordings_without_dates_are_neither_flips_nor_silences() -> None:
    """Their order is that of their names; only that there is a stance is known."""
    said = [mention(1, "buy", published_at=None), mention(2, "sell", published_at=None)]
    undated = [one.model_copy(update={"published_at": None}) for one in seen(range(1, 9))]
    (found,) = timelines(said, undated)
    assert [(event.kind.value, event.recording) for event in found.events] == [("new", "talk-01")]


_ACTIONS = (None, "buy", "add", "hold", "watch", "trim", "sell", "short", "avoid")
_MENTIONS = st.lists(
    st.builds(
        mention,
        st.integers(1, 4),
        st.sampled_from(_ACTIONS),
        st.sampled_from([0.6, 0.9]),
        symbol=st.sampled_from(["NVDA", "TSLA"]),
        speaker=st.sampled_from([None, "Grace"]),
        first_cue=st.integers(0, 1),
    ),
    max_size=20,
)


def _content(found: Sequence[Timeline]) -> list[str]:
    return [timeline.model_dump_json() for timeline in found]


@given(_MENTIONS, st.randoms(use_true_random=False), st.sets(st.integers(1, 4), max_size=2))
def test_order_of_arrival_and_what_left_make_no_difference(
    said: list[MentionRow], chance: random.Random, gone: set[int]
) -> None:
    """In any order, and after any recordings were removed: what remains alone decides."""
    recordings = seen(range(1, 11), speakers=["Grace"])
    kept = [one for one in said if one.video_id not in gone]
    left = [one for one in recordings if one.video_id not in gone]
    straight = _content(timelines(kept, left))
    chance.shuffle(said)
    chance.shuffle(recordings)
    again = timelines(
        [one for one in said if one.video_id not in gone],
        [one for one in recordings if one.video_id not in gone],
    )
    assert _content(again) == straight
