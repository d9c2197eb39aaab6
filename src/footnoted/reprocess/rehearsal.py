"""What redoing an item would do: its real stages, on its real input, in a transaction taken back.

    load -> run against the journal -> save -> the next stage ... -> its page groups -> roll back

No stage is told from a real run: what the journal has is replayed, what it lacks is noted, and
answered with what was answered before. From there on, figures are estimates.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from footnoted.errors import FootnotedError
from footnoted.llm.call import CallScope
from footnoted.llm.gateway import REPLAYED
from footnoted.model.outcome import Stopped, Waiting
from footnoted.model.status import DISCOVERED, ItemKind, Resource
from footnoted.pipeline.orders import order as orders
from footnoted.pipeline.orders import store as order_store
from footnoted.pipeline.preparing import setup_of
from footnoted.reprocess import store
from footnoted.reprocess.edges import FRESH, INPUT, TRANSCRIPT, Edge, edges_of
from footnoted.search.documents import transcript_windows
from footnoted.search.port import DocumentKind
from footnoted.search.store import Owner, replace_documents
from footnoted.stages.index import IndexInput
from footnoted.stages.port import StageContext
from footnoted.stages.searchable import search_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.llm.gateway import Gateway
    from footnoted.pipeline.deps import Deps
    from footnoted.pipeline.flow import Step
    from footnoted.pipeline.orders.order import Order
    from footnoted.reprocess.purchases import ExpectedCall, Rehearsed
    from footnoted.reprocess.services.vectors import VectorWatch
    from footnoted.reprocess.store import Item

_LOCK_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class StageForecast:
    """What one stage of one item would do; `rank` is its place in its flow.

    `before` is the status it is claimed at. `is_exact`: nothing above it is a guess.
    `is_unchanged`: its output would be what it was, so that nothing below it follows.
    `is_follow_up`: it is done only if a stage above it, whose answers are guesses, says otherwise.
    `is_wordless`: nobody has the words of the video yet.
    """

    item: Item
    stage: str
    before: str
    rank: int
    edges: tuple[Edge, ...]
    replayed: int = 0
    free: int = 0
    calls: tuple[ExpectedCall, ...] = ()
    is_exact: bool = True
    is_unchanged: bool = False
    is_follow_up: bool = False
    is_wordless: bool = False
    trouble: str | None = None

    @property
    def is_stale(self) -> bool:
        """Return whether redoing it would buy a call or put out something else."""
        return not self.is_follow_up and (bool(self.calls) or not self.is_unchanged)

    @property
    def follows(self) -> bool:
        """Return whether it is a page that is written anew by itself: others want it to be."""
        is_given_more = {edge.part for edge in self.edges} == {INPUT}
        return self.item.kind is ItemKind.PAGE_GROUP and is_given_more


@dataclass(frozen=True, slots=True)
class Wish:
    """Where redoing begins, and whether fresh answers are wanted from there on.

    `all_pages` looks at every page group of the creator, else only at those that videos touch.
    `may_follow`: what the item is given rests on guesses, so it may be done although it stands.
    """

    stage: str | None = None
    force: bool = False
    all_pages: bool = True
    may_follow: bool = False


@dataclass(slots=True)
class _Walk:
    """One item on its way through its stages; `given` is why its first input is another one."""

    item: Item
    wish: Wish
    recorded: dict[str, Order]
    given: Edge
    is_exact: bool = True
    has_begun: bool = False
    is_changed: bool = False
    found: list[StageForecast] = field(default_factory=list["StageForecast"])


class Rehearsal:
    """Rehearses items against a gateway that buys nothing."""

    def __init__(
        self,
        deps: Deps,
        gateway: Gateway,
        purchases: Rehearsed,
        vectors: VectorWatch | None = None,
    ) -> None:
        """Use the flows and prompts of `deps`; `gateway` buys from `purchases`.

        `vectors` is told what would be embedded; None where nothing is.
        """
        self._deps = deps
        self._vectors = vectors
        self._gateway = gateway
        self._purchases = purchases

    async def of(
        self, owner: tuple[str, int], items: Sequence[Item], wish: Wish
    ) -> list[StageForecast]:
        """Return what redoing these videos of a creator would do, and then the creator's pages.

        `owner` is the profile and the creator.
        """
        found: list[StageForecast] = []
        async with self._deps.database.rehearsal() as session:
            await store.limit_lock_waits(session, _LOCK_WAIT_S)
            mark = 0 if self._vectors is None else await self._vectors.mark(session)
            for item in items:
                found += await self._item(session, item, wish)
            asking = {forecast.item.id for forecast in found if forecast.calls}
            fed = await store.groups_fed_by(session, asking)
            pages = Wish(force=wish.force, may_follow=bool(asking))
            for group in await store.groups_of(session, *owner):
                if group.is_in_work:
                    continue
                if group.is_due or wish.all_pages:
                    found += await self._item(session, group, pages)
                elif group.id in fed:  # it stands, and what it rests on is asked anew
                    following = await self._item(session, group, pages)
                    found += [replace(forecast, is_follow_up=True) for forecast in following]
            if self._vectors is not None:
                await self._vectors.note(session, mark, found)
        return found

    async def _item(self, session: AsyncConnection, item: Item, wish: Wish) -> list[StageForecast]:
        flow = self._deps.flows.get(item.kind, item.profile)
        recorded = await order_store.read_orders(session, item.kind, item.id)
        given = await _edge_of_input(session, item)
        walk = _Walk(item, wish, recorded, given, not wish.may_follow, has_begun=wish.stage is None)
        is_reached = item.status not in {step.status for step in flow.steps()} if flow else False
        for step in flow.steps() if flow else ():
            walk.has_begun = walk.has_begun or step.stage.name == wish.stage
            is_reached = is_reached or step.status == item.status
            if walk.has_begun and is_reached and not await self._stage(session, walk, step):
                break
        return walk.found

    async def _stage(self, session: AsyncConnection, walk: _Walk, step: Step) -> bool:
        """Rehearse one stage, if it would do anything; return whether the next can follow."""
        try:
            async with session.begin_nested():
                forecast = await self._forecast(session, walk, step)
        except FootnotedError as error:
            forecast = StageForecast(
                walk.item, step.stage.name, step.status, step.rank, (), trouble=error.message
            )
        if forecast is not None:
            walk.found.append(forecast)
            walk.is_exact = walk.is_exact and not forecast.calls
            walk.is_changed = walk.is_changed or not forecast.is_unchanged
        return forecast is None or forecast.trouble is None

    async def _forecast(
        self, session: AsyncConnection, walk: _Walk, step: Step
    ) -> StageForecast | None:
        stage, item = step.stage, walk.item
        order = walk.recorded.get(stage.name)
        setup = setup_of(item.profile, stage, self._deps)
        setup = setup.under(order.override if order else None, stage.name)
        parts = orders.fingerprint_parts(stage, setup)
        edges = edges_of(order, parts)
        is_fresh = walk.wish.force and stage.asks
        if stage.resource is Resource.INDEX and self._vectors is not None:
            await _write_windows(session, item, await stage.load(session, item.id))
        if stage.resource is Resource.INDEX or not (stage.asks or edges):
            place = (item, stage.name, step.status, step.rank)
            return StageForecast(*place, edges) if edges else None
        given = await stage.load(session, item.id)
        draft = orders.draft_order(given, parts)
        stands = order is not None and order.answers(draft) and not walk.is_changed
        is_follow_up = stands and not is_fresh
        if is_follow_up and walk.is_exact:
            return None
        generation = (order.generation if order else 0) + (is_fresh or is_follow_up)
        scope = CallScope(
            item.kind, item.id, stage.name, generation, item.profile, setup.own_models
        )
        asker = self._gateway.asker(scope)
        context = StageContext(asker, setup.prompts, setup.own_models)
        out: Any = await stage.run(given, context)
        trouble, is_unchanged = _why(out), is_follow_up
        if trouble is None and not is_follow_up:
            is_unchanged = order is not None and orders.output_sha256(out) == order.output_sha256
            await stage.save(session, item.id, out)
        asked = (item.kind, item.id, stage.name)
        return StageForecast(
            item,
            stage.name,
            step.status,
            step.rank,
            edges or (Edge(FRESH) if is_fresh else Edge(INPUT) if walk.found else walk.given,),
            replayed=asker.tally[REPLAYED],
            free=self._purchases.free.pop(asked, 0),
            calls=tuple(self._purchases.expected.pop(asked, ())),
            is_exact=walk.is_exact,
            is_unchanged=is_unchanged,
            is_follow_up=is_follow_up,
            is_wordless=isinstance(out, Waiting) and step.status == DISCOVERED,
            trouble=trouble,
        )


async def _edge_of_input(session: AsyncConnection, item: Item) -> Edge:
    """Return why the first stage of an item is given something else: its transcript, if that is."""
    if item.kind is ItemKind.VIDEO:
        before, now = await store.transcript_versions(session, item.id)
        if None not in (before, now) and before != now:
            return Edge(TRANSCRIPT, str(before), str(now))
    return Edge(INPUT)


async def _write_windows(session: AsyncConnection, item: Item, given: object) -> None:
    """Write what the stage of the index would, which is not asked whether that is there."""
    if isinstance(given, IndexInput):
        windows = await asyncio.to_thread(transcript_windows, search_facts(given.video), given.cues)
        owner = Owner(video_id=item.id)
        await replace_documents(session, windows, owner=owner, kind=DocumentKind.WINDOW)


def _why(out: Any) -> str | None:  # noqa: ANN401 - what a stage puts out only it knows
    match out:
        case Waiting():
            return f"waits for {out.reason}"
        case Stopped():
            return f"stops: {out.code}"
        case _:
            return None
