"""Joins the gateway together: routes from the settings, and what money goes through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError
from footnoted.ledger.budgets.budget import Caps
from footnoted.llm.model_facts import EFFORTS, LEAST_EFFORT, facts_of
from footnoted.llm.routes import make_routes, parse_chain, parse_table
from footnoted.settings import variable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from decimal import Decimal

    from footnoted.ledger.prices import PriceTable
    from footnoted.llm.port import Model
    from footnoted.llm.routes import Routes
    from footnoted.settings import Settings

EXTRACTIVE = "extractive"
_USUAL_PAID_MODEL = "claude-haiku-5-5"
_UNCACHEABLE = 1 << 60


def routes_of(
    settings: Settings,
    stages: Mapping[str, str],
    make: Callable[[str, str], Model],
    *,
    has_key: bool,
) -> Routes:
    """Return the models of each stage; `make(model id, effort)` gives each.

    `stages` maps each `profile.stage` to the chain its profile asks for, or to nothing. Settings go
    before it, and may name a `stage` of every profile; without a key it is left aside.

    Raises ConfigurationError for a stage that nobody has, an effort that is none, and a paid model
    without a key.
    """
    efforts = _efforts(settings, stages)
    usual, chains = _chains(settings, stages, has_key=has_key)

    def made(name: str, stage: str) -> Model:
        _require_key(name, has_key=has_key)
        return make(name, _of_stage(efforts, stage) or LEAST_EFFORT)

    return make_routes(usual, chains, made)


def paid_profiles(
    settings: Settings, stages: Mapping[str, str], prices: PriceTable, at: datetime
) -> frozenset[str]:
    """Return the profiles that ask a model which costs something then; no model is made for that.

    `stages` are those of `routes_of`. Raises ConfigurationError for a stage that nobody has, and
    for a model without a key or a price.
    """
    has_key = settings.anthropic_api_key is not None
    _, chains = _chains(settings, stages, has_key=has_key)
    paid: set[str] = set()
    for stage, chain in chains.items():
        for name in parse_chain(chain):
            _require_key(name, has_key=has_key)
            if name != EXTRACTIVE and not prices.prices_of(name, at).is_free:
                paid.add(stage.partition(".")[0])
    return frozenset(paid)


def _chains(
    settings: Settings, stages: Mapping[str, str], *, has_key: bool
) -> tuple[str, dict[str, str]]:
    """Return the usual chain of models, and that of each stage."""
    models = _table(settings.stage_models, "stage_models", stages)
    usual = settings.model
    if usual == "auto":
        usual = _USUAL_PAID_MODEL if has_key else EXTRACTIVE

    def chain_of(stage: str) -> str:
        own = stages[stage] if has_key else ""
        return _of_stage(models, stage) or own or usual

    return usual, {stage: chain_of(stage) for stage in stages}


def _efforts(settings: Settings, stages: Mapping[str, str]) -> dict[str, str]:
    efforts = _table(settings.stage_effort, "stage_effort", stages)
    for effort in efforts.values():
        if effort not in EFFORTS:
            message = f"{variable('stage_effort')}: no effort {effort!r}; {', '.join(EFFORTS)}"
            raise ConfigurationError(message)
    return efforts


def _table(words: str, field: str, stages: Mapping[str, str]) -> dict[str, str]:
    """Return what a setting says of each stage."""
    known = {*stages, *(stage.partition(".")[2] for stage in stages)}
    table = parse_table(words, variable(field))
    for stage in table:
        if stage not in known:
            message = f"{variable(field)}: no stage {stage!r}; there is {', '.join(stages)}"
            raise ConfigurationError(message)
    return table


def _require_key(name: str, *, has_key: bool) -> None:
    if name != EXTRACTIVE and not has_key:
        message = f"the model {name} needs {variable('anthropic_api_key')}"
        raise ConfigurationError(message)


def _of_stage(table: Mapping[str, str], stage: str) -> str | None:
    """Return what is set for `profile.stage`, else for its stage under every profile."""
    return table.get(stage) or table.get(stage.partition(".")[2])


def require_prices(routes: Routes, prices: PriceTable) -> None:
    """Raise ConfigurationError for a model that has no price: its calls could not be capped."""
    for model in routes.models:
        if not model.is_free and not prices.knows(model.name):
            message = (
                f"the model {model.name} has no price; name it in {variable('prices_file')}"
                " (0 for a server of your own)"
            )
            raise ConfigurationError(message)


def caps_of(settings: Settings, run_id: str, run_cap: Decimal | None) -> Caps:
    """Return the caps that the settings and this run set."""
    return Caps(
        day=settings.daily_cost_cap_usd,
        month=settings.monthly_cost_cap_usd,
        source_day=settings.source_daily_cost_cap_usd,
        run=run_cap,
        run_id=run_id if run_cap is not None else "",
    )


def min_prefix_of(model: str) -> int:
    """Return the least tokens of a prefix that a model's cache takes; huge when it takes none."""
    least = facts_of(model).min_cacheable_tokens
    return _UNCACHEABLE if least is None else least
