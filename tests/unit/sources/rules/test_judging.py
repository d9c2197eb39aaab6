"""Which items are taken, which not and why, which later."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from footnoted.errors import UsageError
from footnoted.sources.items import FoundItem, Liveness
from footnoted.sources.port import Facts
from footnoted.sources.rules.judging import Later, NotTaken, Taken, judge, told_open
from footnoted.sources.rules.patterns import check_pattern, is_found
from footnoted.sources.rules.rules import Rules
from footnoted.sources.rules.sorts import is_broadcast, is_short

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KNOWN: dict[str, Any] = {
    "title": "On Bread",
    "description": "All about dough.",
    "published_at": NOW - timedelta(days=2),
    "duration_ms": 600_000,
    "language": "en-US",
}


def item(key: str = "youtube:abcdefghijk", **changed: Any) -> FoundItem:
    """Return an item of which everything is known but for what is changed."""
    names = set(FoundItem.model_fields)
    own = {name: value for name, value in changed.items() if name in names}
    facts = {name: value for name, value in changed.items() if name not in names}
    return FoundItem(keys=(key,), facts=Facts(**{**KNOWN, **facts}), **own)


@pytest.mark.parametrize(
    ("rules", "changed", "reason"),
    [
        ({}, {}, None),
        ({"title_has": "bread|cake"}, {}, None),
        ({"title_has": "^cake"}, {}, "title_unmatched"),
        ({"title_lacks": "BREAD"}, {}, "title_excluded"),
        ({"title_has": "bread", "title_lacks": "live"}, {}, None),
        ({"description_has": "yeast"}, {}, "description_unmatched"),
        ({"description_lacks": r"\bdough\b"}, {}, "description_excluded"),
        ({"min_duration_s": 600}, {}, None),
        ({"min_duration_s": 601}, {}, "too_short"),
        ({"max_duration_s": 600}, {}, None),
        ({"max_duration_s": 599}, {}, "too_long"),
        ({"max_age_s": 86_400}, {}, "too_old"),
        ({"max_age_s": 3 * 86_400}, {}, None),
        ({"min_age_s": 86_400}, {}, None),
        ({"shorts": "exclude"}, {"is_short": True}, "short_excluded"),
        ({"shorts": "only"}, {"is_short": False}, "not_short"),
        ({"shorts": "only"}, {"is_short": True, "duration_ms": 50_000}, None),
        ({"live": "exclude"}, {"liveness": Liveness.WAS_LIVE}, "live_excluded"),
        ({"live": "exclude"}, {"liveness": Liveness.NOT_LIVE}, None),
        ({"live": "only"}, {"liveness": Liveness.NOT_LIVE}, "not_live"),
        ({"live": "only"}, {"liveness": Liveness.WAS_LIVE}, None),
        ({"languages": ("en",)}, {}, None),
        ({"languages": ("en-US",)}, {"language": "en"}, None),
        ({"languages": ("en-GB",)}, {}, "other_language"),
        ({"languages": ("de", "fr")}, {}, "other_language"),
    ],
)
def test_each_rule_takes_and_leaves(
    rules: dict[str, Any], changed: dict[str, Any], reason: str | None
) -> None:
    """With a stable reason and a sentence."""
    changed = {**changed, **({"duration_ms": 50_000} if changed.get("is_short") else {})}
    verdict = judge(item(**changed), Rules.model_validate(rules), NOW)
    if reason is None:
        assert verdict == Taken()
    else:
        assert isinstance(verdict, NotTaken)
        assert (verdict.reason, bool(verdict.detail)) == (reason, True)


@pytest.mark.parametrize(
    ("rules", "unknown", "told"),
    [
        ({"title_has": "x"}, "title", "the title"),
        ({"description_lacks": "x"}, "description", "the description"),
        ({"min_duration_s": 60}, "duration_ms", "the duration"),
        ({"max_age_s": 60}, "published_at", "the date of publication"),
        ({"languages": ("en",)}, "language", "the language"),
    ],
)
def test_what_is_not_known_is_taken_with_a_note(
    rules: dict[str, Any], unknown: str, told: str
) -> None:
    """And decided again when it is known, by its page; of a file nothing is told any more."""
    unknown_of: dict[str, Any] = {unknown: None}
    page, file = (
        item(**unknown_of),
        item(**unknown_of, key="guid:1", media_url="https://x.example/1"),
    )
    verdict = judge(page, Rules.model_validate(rules), NOW)
    assert verdict == Taken((told,))
    assert (
        told_open((told,), asks_page=page.has_page)
        == f"its page tells {told}: what does not fit is left then"
    )
    assert (
        told_open((told,), asks_page=file.has_page) == f"nothing tells {told}: it is taken without"
    )
    assert told_open((), asks_page=True) is None


def test_an_item_too_young_is_decided_when_it_is_old_enough() -> None:
    """A date by mistake far ahead is looked at again within a month."""
    rules = Rules(min_age_s=3 * 86_400)
    verdict = judge(item(), rules, NOW)
    assert isinstance(verdict, Later)
    assert (verdict.until, verdict.reason) == (NOW + timedelta(days=1), "too_young")
    ahead = judge(item(published_at=datetime.max.replace(tzinfo=UTC)), rules, NOW)
    assert isinstance(ahead, Later)
    assert ahead.until == NOW + timedelta(days=30)
    assert judge(item(), rules, verdict.until) == Taken()


def test_a_refusal_goes_before_a_delay() -> None:
    """What will never be taken does not wait."""
    verdict = judge(item(), Rules(min_age_s=10**6, title_has="cake"), NOW)
    assert isinstance(verdict, NotTaken)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"is_short": True, "duration_ms": 50_000}, True),
        ({"link": "https://www.youtube.com/shorts/abcdefghijk", "duration_ms": None}, True),
        (
            {"link": "https://youtube.com/shorts/abcdefghijk", "is_short": False, "duration_ms": 9},
            True,
        ),
        ({"title": "Bread #shorts", "duration_ms": 170_000}, True),
        ({"description": "dough #Short", "duration_ms": None}, True),
        ({"duration_ms": 59_000}, True),
        ({"duration_ms": 59_000, "is_short": False}, False),
        ({"duration_ms": 61_000}, False),
        ({"is_short": True, "duration_ms": 181_000}, False),
        ({"title": "Why #shorts fail", "duration_ms": 600_000}, False),
        ({"duration_ms": None}, None),
        ({"key": "guid:s:1", "duration_ms": 30_000}, False),
    ],
)
def test_a_short_is_told_by_several_signals(
    changed: dict[str, Any], *, expected: bool | None
) -> None:
    """So that one changed field does not let them all in (complaint 11)."""
    assert is_short(item(**changed)) is expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"liveness": Liveness.POST_LIVE}, True),
        ({"liveness": Liveness.NOT_LIVE, "starts_at": NOW}, False),
        ({"liveness": Liveness.IS_UPCOMING, "starts_at": NOW}, None),
        ({"liveness": Liveness.IS_LIVE}, None),
        ({"liveness": Liveness.WAS_LIVE, "media_url": "https://cdn.example/1.mp3"}, True),
        ({"media_url": "https://cdn.example/1.mp3"}, False),
        ({}, None),
    ],
)
def test_a_broadcast_is_told_where_anything_tells(
    changed: dict[str, Any], *, expected: bool | None
) -> None:
    """A podcast's file is none; what is to begin, or goes on, may be a premiere."""
    assert is_broadcast(item(**changed)) is expected


def test_a_pattern_that_takes_too_long_is_given_up() -> None:
    """Within its limit, and the item is left with the reason."""
    slow, text = r"(.*a){12}$", "a" * 400 + "b"
    began_s = time.monotonic()
    assert is_found(slow, text) is None
    verdict = judge(item(title=text), Rules(title_has=slow), NOW)
    assert isinstance(verdict, NotTaken)
    assert verdict.reason == "title_pattern_slow"
    assert time.monotonic() - began_s < 5


@pytest.mark.parametrize("text", ["(", "[a", "*", "", "  ", "x" * 501])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    """When it is set, not when the first item comes."""
    with pytest.raises(UsageError):
        check_pattern(text)
    with pytest.raises(ValidationError):
        Rules(title_has=text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_duration_s": 10, "max_duration_s": 5},
        {"min_age_s": 10, "max_age_s": 5},
        {"min_age_s": -1},
        {"shorts": "maybe"},
        {"languages": ("klingon",)},
        {"unknown": 1},
    ],
)
def test_rules_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    """Nothing is defaulted silently."""
    with pytest.raises(ValidationError):
        Rules.model_validate(wrong)
