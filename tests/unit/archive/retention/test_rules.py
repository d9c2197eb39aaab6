"""How long and how much, as people write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from footnoted.archive.retention.rules import Kind, Rule, parse_choice, parse_rule, rules_of
from footnoted.errors import UsageError
from footnoted.settings import Settings, load_settings

DAYS = timedelta(days=90)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90d", Rule(DAYS, None)),
        ("2GB", Rule(None, 2 * 10**9)),
        ("1500MB", Rule(None, 1_500 * 10**6)),
        ("90d/2GB", Rule(DAYS, 2 * 10**9)),
        ("0d", Rule(timedelta(0), None)),
    ],
)
def test_a_rule_reads_as_it_is_written_and_back(text: str, expected: Rule) -> None:
    """An age in days, a size, or both."""
    rule = parse_rule(text)
    assert rule == expected
    assert str(rule) == text


@pytest.mark.parametrize("text", ["", "90", "d", "/2GB", "90d/", "2GB/90d", "90d2GB", "-1d", "2TB"])
def test_what_is_no_rule_is_refused(text: str) -> None:
    """A rule that was guessed would let go of what somebody meant to keep."""
    with pytest.raises(UsageError, match="is no rule"):
        parse_rule(text)


def test_a_choice_names_a_kind() -> None:
    """One that there is none of is refused, with those there are."""
    assert parse_choice("events=90d") == (Kind.EVENTS, Rule(DAYS, None))
    for text in ("events", "event=90d"):
        with pytest.raises(UsageError, match="events, previews, prompts, answers, replays, media"):
            parse_choice(text)


def test_settings_name_rules_and_a_choice_comes_before_them() -> None:
    """Where nothing is said there is no rule, and nothing goes."""
    assert rules_of(Settings()) == {}
    settings = load_settings(
        {"FOOTNOTED_RETAIN_EVENTS": "30d", "FOOTNOTED_RETAIN_MEDIA": "5GB"}
    ).settings
    rules = rules_of(settings, ["events=90d"])
    assert rules == {Kind.EVENTS: Rule(DAYS, None), Kind.MEDIA: Rule(None, 5 * 10**9)}


def test_an_age_is_counted_back_from_now() -> None:
    """A rule without one reaches nothing by its time."""
    now = datetime(2026, 4, 1, tzinfo=UTC)
    assert Rule(DAYS, None).before(now) == datetime(2026, 1, 1, tzinfo=UTC)
    assert Rule(None, 1).before(now) is None
