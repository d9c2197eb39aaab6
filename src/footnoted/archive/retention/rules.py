"""How long each kind of record is kept, and how much of it: `90d`, `2GB`, `90d/2GB`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from footnoted.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from footnoted.settings import Settings

_RULE = re.compile(r"(?:(\d+)d)?(?:(?:^|(?<=d)/)(\d+)(MB|GB))?")
_UNITS = {"MB": 10**6, "GB": 10**9}


class Kind(StrEnum):
    """A kind of record that may be let go; docs/decisions say what of it never is."""

    EVENTS = "events"
    """What happened to items."""
    PREVIEWS = "previews"
    """The first words of prompts."""
    PROMPTS = "prompts"
    """Whole prompts that were captured."""
    ANSWERS = "answers"
    """Answers as their providers sent them, beside the text that is replayed."""
    REPLAYS = "replays"
    """The text of answers itself: without it, asking the same again is bought again."""
    MEDIA = "media"
    """Files in the data directory."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept: nothing older than `age`, and the newest `size_bytes`; None is no limit."""

    age: timedelta | None
    size_bytes: int | None

    def before(self, now: datetime) -> datetime | None:
        """Return the time before which everything may go."""
        return None if self.age is None else now - self.age

    def __str__(self) -> str:
        """Return the rule as it is written."""
        age = None if self.age is None else f"{self.age.days}d"
        size = None if self.size_bytes is None else _size(self.size_bytes)
        return "/".join(part for part in (age, size) if part)


def parse_rule(text: str) -> Rule:
    """Return the rule that `text` writes. Raises UsageError."""
    found = _RULE.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        message = f"{text!r} is no rule: write an age in days, a size, or both: 90d, 2GB, 90d/2GB"
        raise UsageError(message)
    days, size, unit = found.groups()
    return Rule(
        None if days is None else timedelta(days=min(int(days), 36_500)),
        None if size is None else int(size) * _UNITS[unit],
    )


def parse_choice(text: str) -> tuple[Kind, Rule]:
    """Return what `events=90d` says. Raises UsageError."""
    name, separator, rule = text.partition("=")
    if not separator or name not in set(Kind):
        message = f"{text!r} names no kind: write KIND=RULE, where KIND is {', '.join(Kind)}"
        raise UsageError(message)
    return Kind(name), parse_rule(rule)


def rules_of(settings: Settings, chosen: Sequence[str] = ()) -> Mapping[Kind, Rule]:
    """Return the rules of the settings, those in `chosen` in place of them.

    Raises UsageError for what is no rule.
    """
    written = {
        Kind.EVENTS: settings.retain_events,
        Kind.PREVIEWS: settings.retain_previews,
        Kind.PROMPTS: settings.retain_prompts,
        Kind.ANSWERS: settings.retain_answers,
        Kind.REPLAYS: settings.retain_replays,
        Kind.MEDIA: settings.retain_media,
    }
    rules = {kind: parse_rule(text) for kind, text in written.items() if text is not None}
    return rules | dict(map(parse_choice, chosen))


def _size(size_bytes: int) -> str:
    whole, rest = divmod(size_bytes, _UNITS["GB"])
    return f"{size_bytes // _UNITS['MB']}MB" if rest else f"{whole}GB"
