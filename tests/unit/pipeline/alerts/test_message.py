"""What a receiver is sent, for people and for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from footnoted.pipeline.alerts.delivery.delivery import pause_after
from footnoted.pipeline.alerts.delivery.message import News, message_of, trial_message

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def news(number: int, message: str = "it died", *, over: bool = False) -> News:
    """Return an alert about a video."""
    resolved_at = NOW if over else None
    return News(number, 1, "kills_process", f"video {number}", message, 2, NOW, NOW, resolved_at)


def test_one_alert_is_one_sentence_and_one_entry() -> None:
    """The text is what chat services show; the entry is what programs read."""
    assert message_of([news(7)], NOW) == {
        "schema": "footnoted.alert/1",
        "text": "footnoted: kills_process (video 7): it died",
        "sent_at": "2026-03-04T12:00:00+00:00",
        "is_test": False,
        "alerts": [
            {
                "code": "kills_process",
                "concerns": "video 7",
                "message": "it died",
                "state": "open",
                "count": 2,
                "first_at": "2026-03-04T12:00:00+00:00",
                "last_at": "2026-03-04T12:00:00+00:00",
                "resolved_at": None,
            }
        ],
        "omitted": 0,
    }


def test_what_is_over_is_said_to_be_over() -> None:
    """Without its words, which hold no longer."""
    told = message_of([news(7, over=True)], NOW)
    assert told["text"] == "footnoted: over: kills_process (video 7)"


def test_several_are_a_list() -> None:
    """A line each."""
    told = message_of([news(1), news(2, over=True)], NOW)
    assert told["text"] == (
        "footnoted: 2 alerts\n- kills_process (video 1): it died\n- over: kills_process (video 2)"
    )


def test_a_message_is_bounded_whatever_it_tells_of() -> None:
    """Twenty are spelled out, each cut; the others are counted."""
    told = message_of([news(number, "long " * 1_000) for number in range(500)], NOW)
    assert told["omitted"] == 480
    assert len(json.dumps(told)) < 40_000


def test_a_test_says_that_it_is_one() -> None:
    """Nobody is woken by it."""
    told = trial_message(NOW)
    assert (told["is_test"], told["alerts"]) == (True, [])
    assert "this is a test" in str(told["text"])


def test_pauses_double_up_to_a_quarter_of_an_hour() -> None:
    """Also after years of failures."""
    assert [pause_after(failures, 1.0) for failures in (0, 1, 2, 5, 10, 100_000)] == [
        30,
        60,
        120,
        900,
        900,
        900,
    ]
    assert pause_after(0, 0.0) == 15
