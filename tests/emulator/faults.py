"""What goes wrong on purpose: rules that strike by chance or at the n-th matching call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tests.emulator.chance import drawn
from tests.emulator.configuration import Match, Part
from tests.emulator.errors import TYPE_OF_STATUS, Refusal
from tests.emulator.matching import matches

if TYPE_CHECKING:
    from tests.emulator.matching import Subject

Kind = Literal[
    "status",
    "status_after",
    "reset_before",
    "reset_after",
    "timeout_before",
    "timeout_after",
    "html_502",
    "malformed_json",
    "body_cut",
    "stream_error",
    "stream_cut",
    "stream_early_end",
    "slow_drip",
    "refusal",
    "refusal_mid",
    "wrong_case_enum",
    "schema_violation",
    "extra_fields",
    "unknown_stop_reason",
    "duplicate",
    "batch_accepted_500",
]
STREAM_ONLY = frozenset({"stream_error", "stream_cut", "stream_early_end"})
JSON_ONLY = frozenset({"malformed_json", "body_cut"})
BEFORE = frozenset({"status", "reset_before", "timeout_before", "html_502"})


class FaultRule(Part):
    """One fault. `nth` counts matching calls from 1; without it, chance decides each call.

    `after_fraction` is how much of a stream or body gets through; `drip_s` is emulated seconds
    between chunks; `times` ends the rule after so many strikes.
    """

    kind: Kind
    match: Match = Match()
    nth: tuple[int, ...] = ()
    probability: float = Field(default=1.0, ge=0, le=1)
    times: int | None = None
    status: int = 500
    error_code: str | None = None
    retry_after_s: int | None = None
    after_fraction: float = Field(default=0.5, ge=0, le=1)
    drip_s: float = 1.0
    category: str | None = None

    def refusal(self) -> Refusal:
        """Return the error response this rule stands for."""
        message = f"Emulated {TYPE_OF_STATUS[self.status]}"
        return Refusal(self.status, message, self.error_code, self.retry_after_s)


class FaultOrder(Part):
    """The rules to put in force."""

    rules: tuple[FaultRule, ...]


class FaultBook:
    """The rules in force, with how often each matched and struck."""

    def __init__(self, rules: tuple[FaultRule, ...], seed: int) -> None:
        """Take rules in order; the first that strikes wins."""
        self.rules = rules
        self._seed = seed
        self._seen = [0] * len(rules)
        self.struck = [0] * len(rules)

    def strike(self, subject: Subject) -> FaultRule | None:
        """Return the rule that strikes this call, if one does; every match is counted."""
        chosen: FaultRule | None = None
        for index, rule in enumerate(self.rules):
            if not self._applies(rule, subject):
                continue
            self._seen[index] += 1
            if chosen is None and self._falls(index, rule):
                self.struck[index] += 1
                chosen = rule
        return chosen

    def _applies(self, rule: FaultRule, subject: Subject) -> bool:
        streams = bool(subject.body.get("stream"))
        if (rule.kind in STREAM_ONLY and not streams) or (rule.kind in JSON_ONLY and streams):
            return False
        batch_create = subject.endpoint == "batches"
        if rule.kind == "batch_accepted_500" and not batch_create:
            return False
        wanted = rule.match.endpoint
        if wanted is None and subject.endpoint != "messages" and rule.kind != "batch_accepted_500":
            return False
        return matches(rule.match, subject)

    def _falls(self, index: int, rule: FaultRule) -> bool:
        if rule.times is not None and self.struck[index] >= rule.times:
            return False
        if rule.nth:
            return self._seen[index] in rule.nth
        chance = drawn(self._seed, "fault", index, self._seen[index]).random()
        return chance < rule.probability
