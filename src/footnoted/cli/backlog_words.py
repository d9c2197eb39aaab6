"""What a backlog would cost, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.cli.lines import remark, say
from footnoted.cli.spending import show_usd

if TYPE_CHECKING:
    from footnoted.reprocess.services.backlog import BacklogCost, ModelCost, ProfileCost


def print_backlog(cost: BacklogCost) -> None:
    """Print one sentence, and what it leaves out."""
    items = "1 recording" if cost.items == 1 else f"{cost.items} recordings"
    say(
        f"Backlog: {items}, {cost.hours} hours; model calls: {_calls(cost)}; speech recognition:"
        f" {_speech(cost)}."
    )
    if cost.unknown_lengths:
        noun = "recording" if cost.unknown_lengths == 1 else "recordings"
        remark(
            f"note: the length of {cost.unknown_lengths} {noun} is not told there; hours and prices"
            " leave that out"
        )


def _calls(cost: BacklogCost) -> str:
    """Return what models are asked: by profile where several follow, and their sum."""
    parts = [_of_profile(one, cost) for one in cost.profiles]
    if cost.models.usd is None:
        parts[-1] += f" (a day costs at most {show_usd(cost.daily_cap_usd)})"
    if len(parts) == 1:
        return parts[0]
    named = [f"{one.profile} {words}" for one, words in zip(cost.profiles, parts, strict=True)]
    is_sum = cost.models.usd is not None and any(not one.is_free for one in cost.profiles)
    return ", ".join([*named, f"together {_figures(cost.models)}"] if is_sum else named)


def _of_profile(one: ProfileCost, cost: BacklogCost) -> str:
    if one.is_free:
        return "$0, the models are free" if len(cost.profiles) == 1 else "$0 with free models"
    if one.usd is not None:
        return _figures(one)
    if cost.items and cost.unknown_lengths == cost.items:
        return "unknown where no length is told"
    return f"unknown before three videos of {one.profile} are done"


def _figures(cost: ModelCost) -> str:
    if cost.usd is None or cost.p90_usd is None:
        raise RuntimeError(cost)  # whoever calls has looked
    return f"about {cost.calls} for {show_usd(cost.usd)} (p90 {show_usd(cost.p90_usd)})"


def _speech(cost: BacklogCost) -> str:
    if not cost.speech_items:
        return "none"
    minutes = f"up to {cost.speech_minutes} minutes"
    if cost.speech_usd is None:
        return f"{minutes}, which nothing hears yet"
    return f"{minutes}, about {show_usd(cost.speech_usd)}"
