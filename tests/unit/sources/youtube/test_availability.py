"""What becomes of an item in every state it can be in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.fetch.ytdlp.faults import HOST_KINDS, Fault, FaultKind
from footnoted.sources.items import FoundItem, Liveness
from footnoted.sources.port import Facts
from footnoted.sources.rules.judging import NotTaken, judge
from footnoted.sources.rules.rules import Rules, Wanted
from footnoted.sources.youtube.availability import Decision, Gone, Ready, Wait, decide
from footnoted.sources.youtube.item import ItemInfo, Probed
from footnoted.sources.youtube.timing import History, Policy, Taking
from footnoted.sources.youtube.tracks import CaptionTrack, Choice, Rank

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NEW = History(first_seen_at=NOW)

WRITTEN = CaptionTrack("en", "en", is_auto=False)
HEARD = CaptionTrack("en-orig", "en", is_auto=True, is_original=True)
TRANSLATED = CaptionTrack("de", "de", is_auto=True, is_translated=True)
FRENCH = CaptionTrack("fr", "fr", is_auto=False)


def item(published_at: datetime = NOW, duration_s: int | None = 600, **said: Any) -> Probed:
    """Return an item that plays and speaks English."""
    length_ms = None if duration_s is None else duration_s * 1000
    facts = Facts(title="A talk", published_at=published_at, duration_ms=length_ms)
    usual = {"liveness": Liveness.NOT_LIVE, "can_play": True, "original_language": "en"}
    return Probed(info=ItemInfo(facts=facts, **{**usual, **said}))


def blocked(kind: FaultKind, message: str = "as it says") -> Probed:
    """Return an item with something in its way."""
    return Probed(fault=Fault(kind, message))


def waiting(decision: Decision) -> tuple[str, timedelta, timedelta]:
    """Return what is waited for, the next look and the deadline, as seen from now."""
    assert isinstance(decision, Wait), decision
    return decision.wait_reason, decision.until - NOW, decision.deadline - NOW


def gone(decision: Decision) -> tuple[str, str]:
    """Return how it ended."""
    assert isinstance(decision, Gone), decision
    return decision.status, decision.failure_code


def taken(decision: Decision) -> str | None:
    """Return the key of the track that is taken; None for its sound."""
    assert isinstance(decision, Ready), decision
    return None if decision.choice is None else decision.choice.track.key


def test_an_announced_broadcast_is_looked_at_when_it_should_have_begun() -> None:
    """Ten minutes after its start; given up two days after that."""
    soon = item(liveness=Liveness.IS_UPCOMING, starts_at=NOW + 3 * HOUR, can_play=False)
    expected = ("upcoming", 3 * HOUR + timedelta(minutes=10), 2 * DAY + 3 * HOUR)
    assert waiting(decide(soon, NEW, NOW, Policy())) == expected


def test_a_far_announcement_is_looked_at_daily() -> None:
    """It may be moved, or taken back."""
    far = item(liveness=Liveness.IS_UPCOMING, starts_at=NOW + 30 * DAY, can_play=False)
    assert waiting(decide(far, NEW, NOW, Policy())) == ("upcoming", DAY, 32 * DAY)


def test_a_premiere_is_told_from_a_broadcast() -> None:
    """It has a length already."""
    premiere = item(
        liveness=Liveness.IS_UPCOMING, starts_at=NOW + HOUR, is_premiere=True, can_play=False
    )
    reason, _, _ = waiting(decide(premiere, NEW, NOW, Policy()))
    assert reason == "premiere"


def test_a_start_that_never_came_is_given_up() -> None:
    """Two days after it was announced for."""
    stale = item(liveness=Liveness.IS_UPCOMING, starts_at=NOW - 2 * DAY, can_play=False)
    assert gone(decide(stale, NEW, NOW, Policy())) == ("failed", "upcoming")


def test_a_late_start_is_looked_at_every_quarter_of_an_hour() -> None:
    """Broadcasts begin late."""
    late = item(liveness=Liveness.IS_UPCOMING, starts_at=NOW - HOUR, can_play=False)
    _, until, _ = waiting(decide(late, NEW, NOW, Policy()))
    assert until == timedelta(minutes=15)


def test_a_live_broadcast_is_waited_for_and_a_stream_without_end_is_given_up() -> None:
    """Captions of a broadcast that goes on are not its words."""
    live = item(liveness=Liveness.IS_LIVE, tracks=(HEARD,), duration_s=None)
    minutes = timedelta(minutes=15)
    assert waiting(decide(live, NEW, NOW, Policy())) == ("live", minutes, 3 * DAY)
    old = History(NOW - 3 * DAY, "live", NOW - 3 * DAY)
    assert gone(decide(live, old, NOW, Policy())) == ("failed", "live")


def test_a_recording_in_the_making_is_waited_for_two_days_and_then_taken_as_it_is() -> None:
    """Some never leave that state, and are removed before anybody tried (complaint 8)."""
    made = item(liveness=Liveness.POST_LIVE, tracks=(HEARD,))
    minutes = timedelta(minutes=30)
    assert waiting(decide(made, NEW, NOW, Policy())) == ("post_live", minutes, 2 * DAY)
    assert taken(decide(made, NEW, NOW + 2 * DAY + HOUR, Policy())) == "en-orig"


def test_what_was_heard_is_looked_at_again_for_captions_that_a_person_wrote() -> None:
    """Once after a week and once after a month; a machine's captions are no better than ours."""
    published_at = NOW - 4 * DAY
    silent, heard = item(published_at), History(NOW, was_heard=True)
    first = decide(silent, NEW, NOW, Policy(hears=True))
    later = [
        decide(item(published_at, tracks=tracks), heard, published_at + 7 * DAY, Policy(hears=True))
        for tracks in ((), (HEARD,), (WRITTEN,))
    ]
    last = decide(silent, heard, published_at + 30 * DAY, Policy(hears=False))
    seen = [
        (one.choice, one.check_again_at) for one in (first, *later, last) if isinstance(one, Ready)
    ]
    week, month = published_at + 7 * DAY, published_at + 30 * DAY
    chosen = Choice(WRITTEN, Rank.MANUAL_ORIGINAL)
    assert seen == [(None, week), (None, month), (None, month), (chosen, month), (None, None)]


def test_a_recording_of_a_broadcast_is_looked_at_again() -> None:
    """It is trimmed, or its missing minutes come (complaint 9): after a day, after a week."""
    was_live = item(
        NOW - 2 * HOUR, liveness=Liveness.WAS_LIVE, starts_at=NOW - 2 * HOUR, tracks=(WRITTEN,)
    )
    decision = decide(was_live, NEW, NOW, Policy())
    assert isinstance(decision, Ready)
    assert decision.check_again_at == NOW - 2 * HOUR + timedelta(seconds=600) + DAY
    later = NOW + 3 * DAY
    decision = decide(was_live, NEW, later, Policy())
    assert isinstance(decision, Ready)
    assert decision.check_again_at == NOW - 2 * HOUR + timedelta(seconds=600) + 7 * DAY
    decision = decide(was_live, NEW, NOW + 30 * DAY, Policy())
    assert isinstance(decision, Ready)
    assert decision.check_again_at is None


@pytest.mark.parametrize(
    ("kind", "reason", "until", "deadline"),
    [
        (FaultKind.MEMBERS_ONLY, "members_only", 7 * DAY, 60 * DAY),
        (FaultKind.PRIVATE, "private", DAY, 7 * DAY),
        (FaultKind.REGION_BLOCKED, "region_blocked", 7 * DAY, 28 * DAY),
        (FaultKind.UNAVAILABLE, "item_unavailable", 6 * HOUR, 7 * DAY),
        (FaultKind.UPCOMING, "upcoming", DAY, 90 * DAY),
        (FaultKind.LIVE, "live", timedelta(minutes=15), 3 * DAY),
    ],
)
def test_what_may_pass_is_waited_for_and_then_given_up(
    kind: FaultKind, reason: str, until: timedelta, deadline: timedelta
) -> None:
    """Rarely, and not for ever (complaint 7)."""
    assert waiting(decide(blocked(kind), NEW, NOW, Policy())) == (reason, until, deadline)
    old = History(NOW - 2 * deadline, reason, NOW - deadline)
    decision = decide(blocked(kind), old, NOW, Policy())
    assert gone(decision) == ("failed", reason)
    assert isinstance(decision, Gone)
    assert "as it says" in decision.detail


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FaultKind.REMOVED, "removed"),
        (FaultKind.AGE_RESTRICTED, "age_restricted"),
        (FaultKind.LOGIN_REQUIRED, "login_required"),
        (FaultKind.PAID, "paid"),
        (FaultKind.DRM_PROTECTED, "drm_protected"),
        (FaultKind.UNSUPPORTED_URL, "url_unsupported"),
    ],
)
def test_what_stays_is_over_at_once(kind: FaultKind, code: str) -> None:
    """In the words of its site."""
    decision = decide(blocked(kind), NEW, NOW, Policy())
    assert decision == Gone("failed", code, "as it says")


def test_an_announcement_wins_over_the_fault_it_is_told_with() -> None:
    """yt-dlp warns that it will begin in some hours."""
    seen = item(liveness=Liveness.IS_UPCOMING, starts_at=NOW + HOUR, can_play=False)
    both = seen.model_copy(update={"fault": Fault(FaultKind.UPCOMING, "in an hour")})
    reason, until, _ = waiting(decide(both, NEW, NOW, Policy()))
    assert (reason, until) == ("upcoming", HOUR + timedelta(minutes=10))


def test_new_items_without_captions_are_looked_at_again_four_times() -> None:
    """1 h, 6 h, 24 h, 72 h after publication; then it is over, and says why."""
    seen = item(tracks=(TRANSLATED,))
    looks: list[float] = []
    now, decision = NOW, decide(seen, NEW, NOW, Policy())
    while isinstance(decision, Wait):
        assert decision.wait_reason == "captions_pending"
        assert decision.deadline == NOW + 3 * DAY
        now = decision.until
        looks.append((now - NOW) / HOUR)
        decision = decide(seen, NEW, now, Policy())
    assert looks == [1, 6, 24, 72]
    assert decision == Gone(
        "failed",
        "no_captions",
        "there are no captions in en; 1 machine translations were left out;"
        " speech recognition was not configured",
    )


def test_after_that_its_sound_is_heard_where_that_is_configured() -> None:
    """Not before: captions cost nothing."""
    seen, policy = item(), Policy(hears=True)
    assert isinstance(decide(seen, NEW, NOW + 71 * HOUR, policy), Wait)
    assert taken(decide(seen, NEW, NOW + 72 * HOUR, policy)) is None


def test_an_old_item_is_not_waited_for() -> None:
    """A backlog of years goes straight to what there is."""
    old = item(NOW - 400 * DAY)
    assert gone(decide(old, NEW, NOW, Policy())) == ("failed", "no_captions")
    assert taken(decide(old, NEW, NOW, Policy(hears=True))) is None


def test_captions_of_a_broadcast_are_waited_for_from_its_end_on() -> None:
    """Ten hours of talk were not published ten hours ago."""
    ended = item(
        NOW - 10 * HOUR,
        36_000,
        liveness=Liveness.WAS_LIVE,
        starts_at=NOW - 10 * HOUR,
    )
    assert waiting(decide(ended, NEW, NOW, Policy())) == ("captions_pending", HOUR, 3 * DAY)


def test_a_translation_by_a_person_is_the_last_resort() -> None:
    """After the machine had its time to hear, and where we cannot hear ourselves."""
    seen = item(tracks=(FRENCH,))
    assert isinstance(decide(seen, NEW, NOW, Policy()), Wait)
    assert taken(decide(seen, NEW, NOW + 3 * DAY, Policy())) == "fr"
    assert taken(decide(seen, NEW, NOW + 3 * DAY, Policy(hears=True))) is None
    assert taken(decide(seen, NEW, NOW, Policy(languages=("fr",)))) == "fr"


def test_an_item_without_sound_cannot_be_heard() -> None:
    """And says so."""
    mute = item(NOW - 400 * DAY, can_play=False)
    assert gone(decide(mute, NEW, NOW, Policy(hears=True))) == ("failed", "no_sound")


@pytest.mark.parametrize(
    ("taking", "is_short", "expected"),
    [
        (Taking.INCLUDE, True, None),
        (Taking.EXCLUDE, True, ("skipped", "not_taken_short")),
        (Taking.EXCLUDE, False, None),
        (Taking.EXCLUDE, None, None),
        (Taking.ONLY, True, None),
        (Taking.ONLY, False, ("skipped", "not_taken_short")),
        (Taking.ONLY, None, ("skipped", "not_taken_short")),
    ],
)
def test_shorts_go_by_rule(
    taking: Taking, *, is_short: bool | None, expected: tuple[str, str] | None
) -> None:
    """Included, left out, or nothing else."""
    decision = decide(item(tracks=(WRITTEN,), is_short=is_short), NEW, NOW, Policy(shorts=taking))
    assert (gone(decision) if isinstance(decision, Gone) else None) == expected


@pytest.mark.parametrize("liveness", [one for one in Liveness if one is not Liveness.NOT_LIVE])
def test_broadcasts_that_are_left_out_are_not_waited_for(liveness: Liveness) -> None:
    """Whatever stage they are at."""
    seen = item(liveness=liveness, tracks=(WRITTEN,))
    decision = decide(seen, NEW, NOW, Policy(lives=Taking.EXCLUDE))
    assert gone(decision) == ("skipped", "not_taken_live")


def test_a_premiere_is_no_broadcast() -> None:
    """It is a video with a date."""
    seen = item(liveness=Liveness.IS_UPCOMING, starts_at=NOW + HOUR, is_premiere=True)
    assert isinstance(decide(seen, NEW, NOW, Policy(lives=Taking.EXCLUDE)), Wait)


@pytest.mark.parametrize("asked", list(Wanted))
@pytest.mark.parametrize("liveness", [None, *Liveness])
def test_a_listing_leaves_no_item_that_its_page_would_let_in(
    liveness: Liveness | None, asked: Wanted
) -> None:
    """What is left at a look stays left, so what a listing cannot tell is left to the page.

    A listing shows a premiere as it shows a broadcast, and shows an ordinary video later.
    """
    listed = FoundItem(keys=("youtube:aaaaaaaaaaa",), facts=Facts(), liveness=liveness)
    is_left = isinstance(judge(listed, Rules(live=asked), NOW), NotTaken)
    is_timed = liveness in (Liveness.IS_UPCOMING, Liveness.IS_LIVE)
    pages = [
        item(liveness=liveness, starts_at=NOW + HOUR, is_premiere=is_premiere, tracks=(WRITTEN,))
        for is_premiere in ((True, False) if is_timed else (False,))
    ]
    policy = Policy(lives=Taking(asked.value))
    let_in = [page for page in pages if not isinstance(decide(page, NEW, NOW, policy), Gone)]
    assert not (is_left and let_in)


TIMES = st.one_of(
    st.none(),
    st.timedeltas(timedelta(days=-900), timedelta(days=400)).map(lambda delta: NOW + delta),
)
TRACKS = st.lists(st.sampled_from([WRITTEN, HEARD, TRANSLATED, FRENCH]), unique=True, max_size=4)
INFOS = st.builds(
    lambda published_at, tracks, **said: ItemInfo(
        facts=Facts(published_at=published_at, duration_ms=said.pop("duration_ms")),
        tracks=tuple(tracks),
        **said,
    ),
    TIMES,
    TRACKS,
    liveness=st.one_of(st.none(), st.sampled_from(Liveness)),
    starts_at=TIMES,
    original_language=st.sampled_from([None, "en", "ja"]),
    is_short=st.sampled_from([None, True, False]),
    is_premiere=st.booleans(),
    can_play=st.booleans(),
    duration_ms=st.one_of(st.none(), st.integers(0, 100_000_000)),
)
FAULTS = st.one_of(
    st.none(),
    st.sampled_from([kind for kind in FaultKind if kind not in HOST_KINDS]).map(
        lambda kind: Fault(kind, "so it says")
    ),
)
SEEN = st.builds(Probed, info=st.one_of(st.none(), INFOS), fault=FAULTS)
POLICIES = st.builds(
    Policy,
    hears=st.booleans(),
    languages=st.sampled_from([(), ("fr",), ("de", "en")]),
    allows_translated=st.booleans(),
    shorts=st.sampled_from(Taking),
    lives=st.sampled_from(Taking),
)


@given(SEEN, POLICIES)
def test_no_state_is_without_a_next_look_or_an_end(seen: Probed, policy: Policy) -> None:
    """Every wait looks again later than now, not after its deadline, and says why."""
    decision = decide(seen, NEW, NOW, policy)
    match decision:
        case Wait():
            assert NOW < decision.until <= decision.deadline
            assert decision.wait_reason
            assert decision.detail
        case Gone():
            assert decision.status in ("failed", "skipped")
            assert decision.failure_code
            assert decision.detail
        case Ready():
            assert decision.detail
            assert decision.check_again_at is None or decision.check_again_at > NOW


@given(SEEN, POLICIES)
def test_every_wait_ends_when_nothing_changes(seen: Probed, policy: Policy) -> None:
    """Followed from look to look, an item that never changes comes to an end in bounded time."""
    now, history = NOW, NEW
    for _ in range(900):
        decision = decide(seen, history, now, policy)
        if not isinstance(decision, Wait):
            return
        goes_on = history.waiting_for == decision.wait_reason
        since = history.waiting_since if goes_on else now
        history = History(NOW, decision.wait_reason, since)
        now = decision.until
    pytest.fail(f"it is still waited for at {now}: {decision}")
