"""What the commands about redoing share: the program opened for a rehearsal."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.app import build_app, make_free_models, make_models, make_speech
from footnoted.catalogue import installed_profiles, resource_roots
from footnoted.cli.daemon_setup import stages_of_its_own
from footnoted.cli.lines import remark
from footnoted.db.storage import open_storage
from footnoted.indexes import make_embedding, make_index
from footnoted.ledger.batches.backlog import LIVE_MIN
from footnoted.ledger.prices import PriceTable
from footnoted.llm.assembly import paid_profiles
from footnoted.llm.batches.choice import LlmMode
from footnoted.prompting import read_prompt
from footnoted.reprocess import store
from footnoted.reprocess.assembly import make_rehearsal
from footnoted.reprocess.money import Estimator
from footnoted.reprocess.plan import Plan, Planner, make_plan
from footnoted.reprocess.plans.store import read_under_way
from footnoted.reprocess.services.wordless import wordless_lines
from footnoted.reprocess.span import Span, batch_span, live_span
from footnoted.reprocess.store import Among

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from footnoted.pipeline.deps import Deps
    from footnoted.pipeline.embedding.access import EmbeddingAccess
    from footnoted.reprocess.plans.store import UnderWay
    from footnoted.reprocess.rehearsal import StageForecast
    from footnoted.reprocess.scope import Scope
    from footnoted.reprocess.services.line import ServiceLine
    from footnoted.reprocess.services.vectors import VectorWatch
    from footnoted.settings import Settings
    from footnoted.stages.hearing import HearingDeps


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that plans are made with; `applied` are those whose items are not all redone.

    `elsewhere` are the stages that the running daemon has set up otherwise, `paying` the profiles
    whose models are paid.
    """

    deps: Deps
    settings: Settings
    planner: Planner
    live: Estimator
    batched: Estimator
    batch_min: float | None
    applied: Sequence[UnderWay] = ()
    elsewhere: Sequence[str] = ()
    vectors: VectorWatch | None = None
    hearing: HearingDeps | None = None
    paying: frozenset[str] = frozenset()

    async def plan(self, scope: Scope, among: Among = Among.DONE) -> Plan:
        """Return the plan of a scope. Raises UsageError for one that names what is not there."""
        forecasts, in_work = await self.planner.forecasts(scope, among)
        services = await self._services(among, forecasts)
        plan = make_plan(forecasts, in_work, self.live, services)
        if self.goes_in_batches(plan):
            return make_plan(forecasts, in_work, self.batched, services)
        return plan

    async def _services(
        self, among: Among, forecasts: Sequence[StageForecast]
    ) -> list[ServiceLine]:
        """Return what is heard and embedded: of the backlog too, where that is what is planned.

        Redoing what is finished hears nothing again.
        """
        lines = await wordless_lines(self.deps.database, forecasts, self.paying)
        is_backlog = among is Among.WAITING
        if self.hearing is not None and is_backlog:
            # What decodes sound is heavy, and most programs hear nothing.
            from footnoted.reprocess.services.speech import speech_line

            line = await speech_line(self.hearing)
            lines += [] if line is None else [line]
        if self.vectors is not None:
            if is_backlog:
                await self.vectors.note_library()
            lines += self.vectors.take()
        return lines

    def goes_in_batches(self, plan: Plan) -> bool:
        """Return whether the calls of a plan go in batches, as the settings have it."""
        match LlmMode(self.settings.llm_mode):
            case LlmMode.LIVE:
                return False
            case LlmMode.BATCH:
                return True
            case LlmMode.AUTO:
                return plan.money.minutes > LIVE_MIN

    def span(self, plan: Plan) -> Span:
        """Return how long a plan takes."""
        in_batches = self.goes_in_batches(plan)
        return batch_span(plan, self.batch_min) if in_batches else live_span(plan)


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncGenerator[Desk]:
    """Yield what plans are made with; no model is ever asked by it."""
    async with open_storage(settings) as storage:
        models = make_models(storage, None)
        speech, embedding = make_speech(storage, models, None), make_embedding(storage, models)
        app = build_app(storage, make_index(settings), models)
        for broken in app.broken:
            remark(f"the profile {broken.name} is broken, and left out: {broken.fault}")
        limiter = None if models.till is None else models.till.limiter
        try:
            for till in (models.till, None if embedding is None else embedding.till):
                if till is not None:
                    await till.limiter.load()
            repair = read_prompt(resource_roots(settings), "shared", "repair")
            extractive = make_free_models().routes.usual[0]
            vectors = None if embedding is None else _watch(embedding)
            rehearsal = make_rehearsal(app.deps, models.routes, repair, extractive, vectors)
            async with storage.database.transaction() as session:
                history = await store.paid_calls(session)
                batch_min = await store.usual_batch_min(session)
                applied = await read_under_way(session)
            prices, now = PriceTable.load(settings.prices_file), storage.clock.now()
            live = Estimator(prices, limiter, history, now)
            batched = Estimator(prices, limiter, history, now, in_batches=True)
            planner = Planner(app.deps, rehearsal, _say_progress)
            stages = installed_profiles(resource_roots(settings)).stages
            yield Desk(
                deps=app.deps,
                settings=settings,
                planner=planner,
                live=live,
                batched=batched,
                batch_min=batch_min,
                applied=applied,
                elsewhere=await stages_of_its_own(settings.socket_path, app.deps),
                vectors=vectors,
                hearing=None if speech is None else speech.hearing,
                paying=paid_profiles(settings, stages, prices, now),
            )
        finally:
            for one in (models, speech, embedding):
                if one is not None:
                    await one.close()
            await app.net.close()


def _watch(embedding: EmbeddingAccess) -> VectorWatch:
    # What buys is not needed where nothing is embedded.
    from footnoted.reprocess.services.vectors import VectorWatch

    return VectorWatch(embedding)


def _say_progress(done: int, of: int) -> None:
    """Write over the line that tells how far a person's rehearsal is."""
    if sys.stderr.isatty():
        end = "\r" if done + 1 < of else "\n"
        sys.stderr.write(f"looking at creator {done + 1} of {of}{end}")
