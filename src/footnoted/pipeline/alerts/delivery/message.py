"""What a receiver is sent: one message for everything it was not told yet. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - tools read the fields of a dataclass
from typing import TYPE_CHECKING, TypeAlias

from footnoted.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Message: TypeAlias = "Mapping[str, object]"

LISTED = 20
"""Alerts that one message spells out; the others are counted."""
_LONGEST = 500
_SCHEMA = "footnoted.alert/1"


@dataclass(frozen=True, slots=True)
class News:
    """An alert as a receiver does not know it yet: opened, or over since `resolved_at`."""

    alert_id: int
    opening: int
    code: str
    concerns: str
    message: str
    count: int
    first_at: datetime
    last_at: datetime
    resolved_at: datetime | None


def message_of(news: Sequence[News], now: datetime) -> Message:
    """Return the message that tells of `news`; `text` says it to a person, `alerts` to a program.

    Chat services (Slack, Mattermost, Rocket.Chat) show the field `text` of what is posted to their
    webhooks: https://api.slack.com/messaging/webhooks
    """
    listed = news[:LISTED]
    omitted = len(news) - len(listed)
    return {
        "schema": _SCHEMA,
        "text": _text([_line(one) for one in listed], len(news), omitted),
        "sent_at": now.isoformat(),
        "is_test": False,
        "alerts": [_fields(one) for one in listed],
        "omitted": omitted,
    }


def trial_message(now: datetime) -> Message:
    """Return the message that proves a receiver."""
    return {
        "schema": _SCHEMA,
        "text": "footnoted: this is a test; alerts will look like this",
        "sent_at": now.isoformat(),
        "is_test": True,
        "alerts": [],
        "omitted": 0,
    }


def _text(lines: Sequence[str], total: int, omitted: int) -> str:
    if total == 1:
        return f"footnoted: {lines[0]}"
    rest = [f"- and {omitted} more: `footnoted status` shows all"] if omitted else []
    return "\n".join([f"footnoted: {total} alerts", *(f"- {line}" for line in lines), *rest])


def _line(news: News) -> str:
    what = f"{news.code} ({news.concerns})"
    return f"over: {what}" if news.resolved_at else one_line(f"{what}: {news.message}", _LONGEST)


def _fields(news: News) -> Mapping[str, object]:
    return {
        "code": news.code,
        "concerns": news.concerns,
        "message": one_line(news.message, _LONGEST),
        "state": "over" if news.resolved_at else "open",
        "count": news.count,
        "first_at": news.first_at.isoformat(),
        "last_at": news.last_at.isoformat(),
        "resolved_at": news.resolved_at.isoformat() if news.resolved_at else None,
    }
