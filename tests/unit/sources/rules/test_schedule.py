"""When a source is looked at next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from footnoted.errors import UsageError
from footnoted.sources.rules.cron import next_time, zone_of
from footnoted.sources.rules.lengths import parse_length, told_length
from footnoted.sources.rules.schedule import (
    Cadence,
    Rhythm,
    Schedule,
    adaptive_s,
    next_poll,
    parse_schedule,
    rhythm_of,
    unusual_silence,
)

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR_S, DAY_S = 3_600, 86_400


def rhythm(*ages_h: float) -> Rhythm:
    """Return the rhythm of items that are so many hours old."""
    return rhythm_of([FRIDAY - timedelta(hours=age) for age in ages_h], FRIDAY)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("adaptive", "adaptive"),
        (" Adaptive ", "adaptive"),
        ("every 3600", "every 1h"),
        ("every 1h30m", "every 1h30m"),
        ("EVERY 2d", "every 2d"),
        ("cron 0 6 * * *", "cron 0 6 * * *"),
        ("cron 0 6 * * * Europe/Berlin", "cron 0 6 * * * Europe/Berlin"),
        ("cron 0 6 * * * utc", "cron 0 6 * * *"),
        ("cron  0  6 * *  MON-FRI", "cron 0 6 * * MON-FRI"),
    ],
)
def test_a_schedule_is_told_in_words_that_are_read_again(text: str, told: str) -> None:
    """And it survives being stored."""
    schedule = parse_schedule(text)
    assert str(schedule) == told
    assert parse_schedule(told) == schedule
    assert Schedule.model_validate_json(schedule.model_dump_json()) == schedule


@pytest.mark.parametrize(
    "text",
    [
        *("", "weekly", "adaptive 5", "every", "every 5", "every 5000d", "every -1h", "every 1h x"),
        *("cron", "cron x", "cron 61 * * * *", "cron 0 6 31 2 *", "cron 0 6 * * 9", "0 6 * * *"),
        *("cron 0 6 * * 1-", "cron 0 6 * * */0", "cron * * * * * *"),
    ],
)
def test_what_is_no_schedule_is_refused_in_a_sentence(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(UsageError):
        parse_schedule(text)


def test_a_schedule_is_whole_or_refused() -> None:
    """A stored one cannot hold half of two."""
    for parts in ({"every_s": 60}, {"cadence": "every"}, {"cadence": "cron", "every_s": 60}):
        with pytest.raises(ValidationError):
            Schedule.model_validate(parts)
    with pytest.raises(UsageError, match="time zone"):
        parse_schedule("cron 0 6 * * * Mars/Olympus")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 6 * * *", "2026-11-21T06:00"),
        ("*/15 * * * *", "2026-11-20T12:15"),
        ("0 6 * * 1", "2026-11-23T06:00"),
        ("0 6 * * 0", "2026-11-22T06:00"),
        ("0 6 * * 7", "2026-11-22T06:00"),
        ("0 6 * * 5-7", "2026-11-21T06:00"),
        ("0 6 * * fri-mon", "2026-11-21T06:00"),
        ("0 6 * * 1-5", "2026-11-23T06:00"),
        ("0 6 * * 2/2", "2026-11-21T06:00"),
        ("0 6 1 * *", "2026-12-01T06:00"),
        ("0 6 1 * 1", "2026-11-23T06:00"),
        ("0 0 29 2 *", "2028-02-29T00:00"),
    ],
)
def test_cron_means_what_cron_means(expression: str, expected: str) -> None:
    """Monday is 1, Sunday 0 and 7; a day of either sort will do. 2026-11-20 is a Friday."""
    found = next_time(expression, FRIDAY, UTC)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_cron_follows_the_clock_of_its_zone() -> None:
    """On 2027-03-28 there is no 02:30 in Berlin."""
    before = datetime(2027, 3, 27, 12, tzinfo=UTC)
    berlin = zone_of("Europe/Berlin")
    assert next_time("30 6 * * *", before, berlin) == datetime(2027, 3, 28, 4, 30, tzinfo=UTC)
    assert next_time("30 2 * * *", before, berlin) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ages_h", "expected_s"),
    [
        ((), HOUR_S),
        ((5,), HOUR_S),
        ((1, 25, 60, 100), 3 * HOUR_S * 35 / 24),
        ((100, 268, 436, 604), 21 * HOUR_S),
        ((24 * 365, 24 * 366, 24 * 367), DAY_S),
        ((0.1, 0.3, 0.5, 0.7), 15 * 60),
        ((23, 47, 71, 95), HOUR_S + 300),
    ],
)
def test_an_adaptive_schedule_looks_several_times_per_item(
    ages_h: tuple[float, ...], expected_s: float
) -> None:
    """A weekly show in under a day, a dead one once a day, a regular one when it is due."""
    assert adaptive_s(rhythm(*ages_h), FRIDAY) == pytest.approx(expected_s, rel=0.02)


def test_items_published_together_are_one() -> None:
    """A season put online at once does not make a source hourly."""
    season = [100 + at / 60 for at in range(10)]
    assert adaptive_s(rhythm(*season, 268, 436, 604), FRIDAY) > 20 * HOUR_S


@given(st.lists(st.floats(0, 50_000), max_size=30), st.integers(1, 10**6), st.integers(0, 10**4))
def test_adaptive_looks_stay_between_floor_and_ceiling(
    ages_h: list[float], source_id: int, failures: int
) -> None:
    """Whatever a source did; the same question has the same answer."""
    times = [FRIDAY - timedelta(hours=age) for age in ages_h]
    seen = rhythm_of([*times, None], FRIDAY)

    def asked() -> datetime:
        return next_poll(Schedule(), seen, FRIDAY, source_id=source_id, failures=failures)

    wait_s = (asked() - FRIDAY).total_seconds()
    assert 15 * 60 <= wait_s <= DAY_S + 300
    assert asked() == FRIDAY + timedelta(seconds=wait_s)


@given(st.integers(60, 30 * DAY_S), st.integers(1, 10**6))
def test_an_interval_is_kept_but_for_a_little_spread(every_s: int, source_id: int) -> None:
    """Never early, and late by a tenth or five minutes at most."""
    schedule = Schedule(cadence=Cadence.EVERY, every_s=every_s)
    wait_s = (next_poll(schedule, Rhythm(), FRIDAY, source_id=source_id) - FRIDAY).total_seconds()
    assert every_s <= wait_s <= every_s + min(every_s / 10, 300) + 1e-3


def test_sources_with_one_interval_are_spread() -> None:
    """Five hundred sources do not come due in one second."""
    schedule = parse_schedule("every 1h")
    due = [next_poll(schedule, Rhythm(), FRIDAY, source_id=number) for number in range(500)]
    assert max(due) - min(due) > timedelta(minutes=4)
    assert len({moment.replace(microsecond=0) for moment in due}) > 200


def test_failures_slow_an_interval_and_not_the_times_of_cron() -> None:
    """Up to a day, and never below the interval that was asked."""

    def waited_h(text: str, failures: int) -> int:
        at = next_poll(parse_schedule(text), Rhythm(), FRIDAY, source_id=1, failures=failures)
        return int((at - FRIDAY).total_seconds() // HOUR_S)

    assert [waited_h("every 1h", count) for count in (0, 1, 2, 9, 99)] == [1, 2, 4, 24, 24]
    assert waited_h("every 3d", 5) == 72
    assert waited_h("cron 0 6 * * *", 9) == 18


@given(st.integers(0, 99 * 366 * DAY_S))
def test_a_length_is_told_as_it_is_read(seconds: int) -> None:
    """Seconds, minutes, hours, days."""
    assert parse_length(told_length(seconds)) == seconds


@pytest.mark.parametrize("text", ["", "soon", "1.5h", "-1", "1y", "h", "99999999w", "²"])
def test_what_is_no_length_is_refused(text: str) -> None:
    """In a sentence."""
    with pytest.raises(UsageError):
        parse_length(text)


@pytest.mark.parametrize(
    ("ages_d", "expected_d"),
    [
        ((1, 8, 15, 22, 29), None),
        ((20, 27, 34, 41, 48), None),
        ((22, 29, 36, 43, 50), 22),
        ((13, 14, 15, 16, 17), None),
        ((15, 16, 17, 18, 19), 15),
        ((60, 67, 74), None),
        ((60, 67, 97, 104, 111), None),
    ],
)
def test_silence_is_told_where_it_is_not_like_a_source(
    ages_d: tuple[int, ...], expected_d: int | None
) -> None:
    """A weekly show after three weeks, a daily one after two; one that paused before, later."""
    silence = unusual_silence(rhythm(*(24 * age for age in ages_d)), FRIDAY)
    assert (None if silence is None else silence.days) == expected_d
