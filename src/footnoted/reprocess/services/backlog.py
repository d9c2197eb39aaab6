"""What recordings that nobody took yet would cost, by their lengths: a backlog as it is previewed.

Models at the rates of each profile, recognition by the minute. What has no known length is counted
and has no price.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from footnoted.reprocess.services.line import Amount
from footnoted.reprocess.services.store import Length

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from footnoted.reprocess.services.rates import Rates

_MINUTE_MS = 60_000
_HOUR_MS = 3_600_000


class Offered(NamedTuple):
    """A recording as a preview sees it: how long it is, and whether it comes with its words."""

    duration_ms: int | None
    has_words: bool


@dataclass(frozen=True, slots=True)
class Tariff:
    """What things cost: the profiles that are wanted, which of them are paid, and their rates.

    `hearing` returns what recognising a recording of so many milliseconds costs (USD); None where
    nothing is configured that hears. No UTC day costs more than `daily_cap_usd`.
    """

    profiles: Sequence[str]
    paid: Collection[str]
    rates: Mapping[str, Rates]
    daily_cap_usd: Decimal
    hearing: Callable[[int], Decimal] | None = None


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class ModelCost(_Value):
    """What models would be asked, and for how much (USD): as likely as not, and nine times in ten.

    None where too few videos were made to tell.
    """

    calls: int | None
    usd: Decimal | None
    p90_usd: Decimal | None


class ProfileCost(ModelCost):
    """What one profile would ask. What is free is not counted: it costs nothing."""

    profile: str
    is_free: bool


class BacklogCost(_Value):
    """What recordings would take, as far as their lengths are known.

    `models` is the sum over `profiles`, with nothing in it where that of one is unknown. Of
    `speech_items` no words are offered: so many are to be heard at most. `speech_usd` is what that
    costs; None where nothing hears.
    """

    items: int
    hours: Decimal
    unknown_lengths: int
    models: ModelCost
    profiles: tuple[ProfileCost, ...]
    daily_cap_usd: Decimal
    speech_items: int
    speech_minutes: Decimal
    speech_usd: Decimal | None


def backlog_cost(offered: Sequence[Offered], tariff: Tariff) -> BacklogCost:
    """Return what these recordings would cost."""
    known_ms = [one.duration_ms for one in offered if one.duration_ms is not None]
    unheard_ms = [one.duration_ms or 0 for one in offered if not one.has_words]
    can_tell = bool(known_ms) or not offered
    amounts = {
        name: _amount(name, known_ms, tariff) if can_tell or name not in tariff.paid else None
        for name in tariff.profiles
    }
    return BacklogCost(
        items=len(offered),
        hours=round(Decimal(sum(known_ms)) / _HOUR_MS, 2),
        unknown_lengths=len(offered) - len(known_ms),
        models=ModelCost.model_validate(_figures(_sum(list(amounts.values())))),
        profiles=tuple(
            ProfileCost.model_validate(
                {"profile": name, "is_free": name not in tariff.paid, **_figures(amount)}
            )
            for name, amount in amounts.items()
        ),
        daily_cap_usd=tariff.daily_cap_usd,
        speech_items=len(unheard_ms),
        speech_minutes=round(Decimal(sum(unheard_ms)) / _MINUTE_MS, 1),
        speech_usd=None if tariff.hearing is None else _hearing_usd(unheard_ms, tariff.hearing),
    )


def _amount(profile: str, lengths_ms: Sequence[int], tariff: Tariff) -> Amount | None:
    """Return what a profile asks about so much speech; None before it has rates."""
    if profile not in tariff.paid:
        return Amount()
    rates = tariff.rates.get(profile)
    return None if rates is None else rates.amount([Length(ms) for ms in lengths_ms])


def _sum(amounts: Sequence[Amount | None]) -> Amount | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Amount()) if len(known) == len(amounts) else None


def _figures(amount: Amount | None) -> dict[str, int | Decimal | None]:
    if amount is None:
        return {"calls": None, "usd": None, "p90_usd": None}
    money = amount.money
    return {"calls": round(amount.size), "usd": money.p50_usd, "p90_usd": money.p90_usd}


def _hearing_usd(lengths_ms: Sequence[int], hearing: Callable[[int], Decimal]) -> Decimal:
    return round(sum(map(hearing, lengths_ms), Decimal(0)), 4)
