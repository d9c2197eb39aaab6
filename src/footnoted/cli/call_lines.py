"""The calls of an item as a person reads them, oldest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from footnoted.cli.lines import remark, say
from footnoted.cli.terminal import plain, results

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.ledger.listing.call import CallLine

_LABEL = 10


def print_calls(calls: Sequence[CallLine], *, is_full: bool, is_cut: bool) -> None:
    """Print a paragraph for each call, and the sum."""
    for call in calls:
        say(plain(f"{call.id} {call.stage} {call.label}: {_state(call)}", "bold"))
        for label, value in _facts(call):
            say(Text(f"  {label:<{_LABEL}}", "bold").append(plain(value)))
        for label, text in (("prompt", call.prompt), ("answer", call.answer)):
            if text:
                _print_text(label, text, is_full=is_full)
    if not calls:
        say("No model was asked for it.")
        return
    spent = sum(call.cost_usd for call in calls if call.cost_usd is not None)
    say(f"{len(calls)} calls, ${spent:.6f}")
    if is_cut:
        remark("There may be older ones: --limit shows more.")
    if is_full and not all(call.is_captured for call in calls):
        remark("Whole prompts are kept only while `footnoted capture on` is in effect.")


def _state(call: CallLine) -> str:
    if call.usable is False:
        code = call.unusable_code or "unusable"
        return f"answered, {code}: {call.unusable_reason or 'no reason was given'}"
    return f"{call.state} ({call.fault_code})" if call.fault_code else call.state


def _facts(call: CallLine) -> Iterator[tuple[str, str]]:
    served = call.served_by if call.served_by not in (None, call.model) else None
    again = f", generation {call.generation}" if call.generation else ""
    yield "model", call.model + (f", answered by {served}" if served else "") + again
    tokens = [f"{count} {name.removesuffix('_tokens')}" for name, count in call.usage.items()]
    counted = [line for line in tokens if not line.startswith("0 ")]
    if counted:
        yield "tokens", ", ".join(counted).replace("_", " ")
    if call.cost_usd is None:
        yield "cost", f"not known; ${call.reserved_usd:.6f} was reserved"
    else:
        yield "cost", f"${call.cost_usd:.6f} of ${call.reserved_usd:.6f} reserved"
    yield "time", _time(call)
    if call.provider_request_id:
        yield "request", call.provider_request_id
    if call.stop_reason:
        yield "stopped", call.stop_reason


def _time(call: CallLine) -> str:
    at = f"{call.sent_at or call.reserved_at:%Y-%m-%d %H:%M:%S} UTC"
    took = "" if call.latency_s is None else f", took {call.latency_s:.1f} s"
    return at + took


def _print_text(label: str, text: str, *, is_full: bool) -> None:
    if not is_full:
        say(Text(f"  {label:<{_LABEL}}", "bold").append(plain(text)))
        return
    say(Text(f"  {label}", "bold"))
    for line in text.splitlines():
        results().print(Text("    ").append(plain(line)), soft_wrap=True)
