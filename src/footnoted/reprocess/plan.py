"""A plan: what would be redone, stage by stage, what is replayed for nothing, and what is bought.

scope -> items -> creator by creator: rehearse -> forecasts -> lines with a price
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from footnoted.errors import UsageError
from footnoted.model.status import ItemKind
from footnoted.pipeline.orders import order as orders
from footnoted.pipeline.preparing import setup_of
from footnoted.reprocess import store
from footnoted.reprocess.money import Estimator, Money
from footnoted.reprocess.rehearsal import Wish
from footnoted.reprocess.scope import Reach
from footnoted.reprocess.store import Among, Redoing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from decimal import Decimal

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.pipeline.deps import Deps
    from footnoted.reprocess.rehearsal import Rehearsal, StageForecast
    from footnoted.reprocess.scope import Scope
    from footnoted.reprocess.services.line import ServiceLine
    from footnoted.reprocess.store import Item

Owner = tuple[str, int]
"""A profile and a creator: what shares pages."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One stage of one profile: how many items it redoes, and their calls.

    `is_exact` says that the numbers of calls are no estimate; dollars of calls to buy always are.
    `follow_up` is what comes on top where the answers above turn out other than last time.
    """

    profile: str
    stage: str
    kind: ItemKind
    items: int
    replayed: int
    free: int
    money: Money
    follow_up: Money
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a scope comes to. `in_work` are items left alone because somebody works on them.

    `services` is what is bought beside calls of models.
    """

    forecasts: tuple[StageForecast, ...]
    lines: tuple[PlanLine, ...]
    in_work: tuple[Item, ...]
    services: tuple[ServiceLine, ...] = ()

    @property
    def money(self) -> Money:
        """Return what the calls of models cost."""
        return sum((line.money for line in self.lines), Money())

    @property
    def p50_usd(self) -> Decimal:
        """Return what everything costs as likely as not."""
        return self._sure.p50_usd

    @property
    def p90_usd(self) -> Decimal:
        """Return what it will not exceed nine times out of ten, should everything follow."""
        calls = sum((line.follow_up for line in self.lines), self._sure)
        return sum((line.may_follow.money for line in self.services), calls).p90_usd

    @property
    def of_calls(self) -> Plan:
        """Return the plan without its services.

        What is redone is charged to it; what is heard and embedded afterwards is not.
        """
        return replace(self, services=())

    @property
    def _sure(self) -> Money:
        return sum((line.sure.money for line in self.services), self.money)

    @property
    def stale(self) -> tuple[StageForecast, ...]:
        """Return the stages that would buy a call or put out something else."""
        return tuple(forecast for forecast in self.forecasts if forecast.is_stale)

    def summary(self) -> dict[str, Any]:
        """Return the figures of the plan as they are kept beside what it really costs."""
        money = self.money
        return {
            "items": len({(f.item.kind, f.item.id) for f in self.stale}),
            "calls": money.calls,
            "replayed": sum(line.replayed for line in self.lines),
            "prompt_tokens": money.prompt_tokens,
            "output_tokens": money.output_tokens,
            "p50_usd": str(self.p50_usd),
            "follow_up_calls": sum(line.follow_up.calls for line in self.lines),
            "p90_usd": str(self.p90_usd),
        }

    def redoings(self) -> list[Redoing]:
        """Return each item with the first of its stages that has to be redone, in order.

        Pages that are stale only by what their videos will say anew follow by themselves.
        """
        first: dict[tuple[ItemKind, int], Redoing] = {}
        for forecast in self.forecasts:
            item = forecast.item
            is_doomed = not forecast.edges or forecast.trouble is not None
            if forecast.follows or not forecast.is_stale or is_doomed:
                continue
            why = [edge.words(forecast.stage) for edge in forecast.edges]
            place = (item.status, forecast.before, forecast.stage)
            redoing = Redoing(item.kind, item.id, item.profile, *place, why)
            first.setdefault((item.kind, item.id), redoing)
        return list(first.values())


class Planner:
    """Makes plans by rehearsing; `said` hears how many creators of how many are done."""

    def __init__(
        self, deps: Deps, rehearsal: Rehearsal, said: Callable[[int, int], None] | None = None
    ) -> None:
        """Use the flows and prompts of `deps`."""
        self._deps = deps
        self._rehearsal = rehearsal
        self._said = said

    async def forecasts(
        self, scope: Scope, among: Among = Among.DONE
    ) -> tuple[list[StageForecast], list[Item]]:
        """Return what each stage in scope would do, and the items that are being worked on.

        Raises UsageError for a scope that names what is not there.
        """
        items, owners = await self._look(scope, among)
        in_work = [item for item in items if item.is_in_work]
        by_owner = {
            owner: list(group)
            for owner, group in groupby(
                sorted((i for i in items if not i.is_in_work), key=_order), key=_owner
            )
        }
        all_pages = scope.reach is not Reach.VIDEO and among is not Among.WAITING
        wish = Wish(scope.stage, scope.force, all_pages=all_pages)
        found: list[StageForecast] = []
        wanted = sorted(owners | by_owner.keys())
        for done, owner in enumerate(wanted):
            if self._said is not None:
                self._said(done, len(wanted))
            found += await self._rehearsal.of(owner, by_owner.get(owner, []), wish)
        return found, in_work

    async def _look(self, scope: Scope, among: Among) -> tuple[list[Item], set[Owner]]:
        """Return the videos to rehearse, and whose page groups may be stale by themselves."""
        scope.check()
        profiles = sorted({flow.profile for flow in self._deps.flows if flow.profile})
        self._check_stage(scope)
        async with self._deps.database.transaction() as session:
            if missing := await store.missing_in(session, scope):
                message = f"there is no {missing}"
                raise UsageError(message)
            items = await store.videos_in(session, scope, profiles, among)
            owners: set[Owner] = {_owner(item) for item in items}
            if scope.is_everybody and among is not Among.REOPENED:
                is_due = among is Among.WAITING
                owners |= await store.creators_with_pages(session, profiles, is_due=is_due)
            if scope.reach is not Reach.STALE:
                return items, owners
            stale = await self._with_stale_parts(session, items)
            return stale, await self._owners_of_stale_groups(session, owners)

    async def _with_stale_parts(
        self, session: AsyncConnection, items: Sequence[Item]
    ) -> list[Item]:
        """Return the items with a stage that is set up otherwise today, or by a person."""
        kind = ItemKind.VIDEO if not items else items[0].kind
        recorded = await store.recorded_parts(session, kind, [item.id for item in items])
        today = {item.profile: self._today(item.kind, item.profile) for item in items}
        return [item for item in items if _differs(recorded.get(item.id, {}), today[item.profile])]

    async def _owners_of_stale_groups(
        self, session: AsyncConnection, owners: Iterable[Owner]
    ) -> set[Owner]:
        found: set[Owner] = set()
        for owner in sorted(owners):
            groups = await store.groups_of(session, *owner)
            if await self._with_stale_parts(session, groups):
                found.add(owner)
        return found

    def _today(self, kind: ItemKind, profile: str) -> dict[str, Mapping[str, str]]:
        flow = self._deps.flows.get(kind, profile)
        return {
            stage.name: orders.fingerprint_parts(stage, setup_of(profile, stage, self._deps))
            for stage in (flow.stages if flow else ())
        }

    def _check_stage(self, scope: Scope) -> None:
        flows = [flow for flow in self._deps.flows if flow.profile]
        kinds = {stage.name: flow.kind for flow in flows for stage in flow.stages}
        if scope.stage is None:
            return
        if scope.stage not in kinds:
            message = f"there is no stage {scope.stage!r}; there is {', '.join(sorted(kinds))}"
            raise UsageError(message)
        if scope.reach is Reach.VIDEO and kinds[scope.stage] is not ItemKind.VIDEO:
            message = f"pages are of no one video: --stage {scope.stage} goes with another --scope"
            raise UsageError(message)


def make_plan(
    forecasts: Sequence[StageForecast],
    in_work: Sequence[Item],
    estimator: Estimator,
    services: Sequence[ServiceLine] = (),
) -> Plan:
    """Return the plan of what was rehearsed. Raises ConfigurationError for a missing price."""
    ordered = sorted(enumerate(forecasts), key=lambda pair: (pair[1].item.profile, _rank(pair[1])))
    lines: list[PlanLine] = []
    for key, group in groupby((forecast for _, forecast in ordered), key=_line_key):
        found = list(group)
        lines.append(
            PlanLine(
                *key,
                items=len({forecast.item.id for forecast in found if not forecast.is_follow_up}),
                replayed=sum(forecast.replayed for forecast in found),
                free=sum(forecast.free for forecast in found),
                money=_money(estimator, [f for f in found if not f.is_follow_up]),
                follow_up=_money(estimator, [f for f in found if f.is_follow_up]),
                is_exact=all(forecast.is_exact for forecast in found),
            )
        )
    return Plan(tuple(forecasts), tuple(lines), tuple(in_work), tuple(services))


def _money(estimator: Estimator, forecasts: Sequence[StageForecast]) -> Money:
    return sum((estimator.money_of(forecast.calls) for forecast in forecasts), Money())


def _differs(recorded: Mapping[str, Mapping[str, str]], today: Mapping[str, object]) -> bool:
    """Return whether a stage is set up otherwise; one with an override is not judged here."""
    return any(name not in recorded or recorded[name] != parts for name, parts in today.items())


def _owner(item: Item) -> Owner:
    return item.profile, item.creator_id


def _order(item: Item) -> tuple[Owner, int]:
    return _owner(item), item.id


def _rank(forecast: StageForecast) -> tuple[bool, int, str]:
    return forecast.item.kind is ItemKind.PAGE_GROUP, forecast.rank, forecast.stage


def _line_key(forecast: StageForecast) -> tuple[str, str, ItemKind]:
    return forecast.item.profile, forecast.stage, forecast.item.kind
