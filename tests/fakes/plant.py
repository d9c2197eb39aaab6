"""The whole machine on a real database: the techniques profile, the loop, and a model that is paid.

The model answers by rules, at a dollar for each token of an answer. A prompt that
says `Shout.` has it answer in capitals, so that a changed prompt can change what follows.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from footnoted.clock import SystemClock
from footnoted.ledger import store as journal
from footnoted.ledger.budgets.budget import Caps
from footnoted.llm.gateway import Gateway
from footnoted.llm.port import RawAnswer, Usage
from footnoted.llm.routes import Routes
from footnoted.model.status import DISCOVERED, GROUP_STALE, ItemKind, Resource
from footnoted.pipeline.askers import GatewayAskers
from footnoted.pipeline.deps import Deps
from footnoted.pipeline.flow import Flow
from footnoted.pipeline.flows import Flows
from footnoted.pipeline.gate import Limits
from footnoted.pipeline.loop import Loop
from footnoted.pipeline.orders.order import Saved, Setup, fingerprint_parts
from footnoted.pipeline.orders.store import record
from footnoted.pipeline.outlook import store as outlook
from footnoted.pipeline.plan import Mode, RunPlan
from footnoted.pipeline.store import release_dead
from footnoted.pipeline.watch import WITH_THE_PROCESS
from footnoted.prompting import Prompt, parse_prompt
from footnoted.reprocess import store
from footnoted.reprocess.assembly import make_rehearsal
from footnoted.reprocess.money import Estimator
from footnoted.reprocess.plan import Plan, Planner, make_plan
from footnoted.reprocess.store import Among
from tests.fakes.asker import FakeAsker, answer_by_rules
from tests.fakes.machine import QUICK, FakeKeeper, rows_of
from tests.fakes.shop import open_shop
from tests.fakes.techniques import PROMPTS, make_profile
from tests.fakes.workshop import Workshop, transcript_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic import BaseModel

    from footnoted.db.session import Database
    from footnoted.llm.port import CallOptions, ModelRequest
    from footnoted.pipeline.plan import Report
    from footnoted.reprocess.scope import Scope
    from footnoted.reprocess.services.vectors import VectorWatch
    from footnoted.stages.profile import Profile
    from tests.fakes.workshop import Recording

RICH = Caps(day=Decimal(10_000_000))


@dataclass
class DearModel:
    """Answers by the rules of tests/fakes/asker.py, and is paid for it; a `poison` confuses it."""

    name: str = "dear"
    is_free: bool = False
    asked: list[str] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict[str, str])
    poison: str | None = None

    async def answer(self, request: ModelRequest[BaseModel], options: CallOptions) -> RawAnswer:
        """Return the one answer, shouted where the prompt says so."""
        del options
        self.asked.append(request.label)
        answer: Any = answer_by_rules(request.task)
        if "Shout." in request.prompt.system and hasattr(answer, "moments"):
            moments = tuple(m.model_copy(update={"title": m.title.upper()}) for m in answer.moments)
            answer = answer.model_copy(update={"moments": moments})
        text = answer.model_dump_json()
        if self.poison is not None and self.poison in request.prompt.user:
            text = "I am not sure what you mean."
        return RawAnswer(text, "end_turn", Usage(output_tokens=len(text) // 4), self.name)

    async def count_input(self, request: ModelRequest[BaseModel]) -> int | None:
        """Return the characters of the prompt."""
        return len(request.prompt.system) + len(request.prompt.user)

    def batch_params(
        self, request: ModelRequest[BaseModel], *, caches_system: bool = False
    ) -> Mapping[str, Any] | None:
        """Return nothing: it is asked live."""
        del request, caches_system


@dataclass
class Forgetful:
    """An index that takes every document, and keeps none."""

    database: Database

    async def drain_once(self) -> int:
        """Return how many documents waited."""
        rows = await rows_of(self.database, "DELETE FROM index_outbox RETURNING 1")
        return len(rows)


@dataclass
class Plant:
    """A database with a program that works on it; `prompts` replace those of the profile."""

    database: Database
    folder: Path
    models: tuple[DearModel, ...] = field(default_factory=lambda: (DearModel(), DearModel("other")))
    prompts: dict[str, Prompt] = field(default_factory=dict)
    clock: SystemClock = field(default_factory=SystemClock)

    @property
    def model(self) -> DearModel:
        """Return the model that every stage asks."""
        return self.models[0]

    async def add(self, recording: Recording) -> int:
        """Return the id of a new video that was transcribed, and is recorded so."""
        workshop = Workshop(self.database, self.profile(), FakeAsker())
        video = await workshop.add(recording)
        stage = workshop.profile.video_stages[0]
        parts = fingerprint_parts(stage, Setup({}, ""))
        async with self.database.transaction() as session:
            await record(session, (ItemKind.VIDEO, video), parts, Saved(""), self.clock.now())
        return video

    def profile(self) -> Profile:
        """Return the techniques profile with the prompts of today."""
        profile = make_profile(roots=[self.folder / "prompts"])
        return replace(profile, prompts={**profile.prompts, **self.prompts})

    def rename_subtopic(self, before: str, now: str) -> None:
        """Let a sub-topic be called otherwise in the taxonomy of today."""
        shipped = (PROMPTS / "techniques" / "taxonomy.yaml").read_text(encoding="utf-8")
        assert shipped.count(before) == 1, before
        own = self.folder / "prompts" / "techniques" / "taxonomy.yaml"
        own.parent.mkdir(parents=True)
        own.write_text(shipped.replace(before, now), encoding="utf-8")

    def edit(self, stage: str, words: str) -> None:
        """Put a sentence at the end of the rules of a stage's prompt."""
        now = self.profile().prompts[stage]
        text = f"{now.system}\n{words}\n=== user ===\n{now.user}"
        self.prompts[stage] = parse_prompt(stage, text)

    def deps(self, gateway: Gateway) -> Deps:
        """Return what the loop runs on."""
        profile = self.profile()
        flows = Flows(
            [
                Flow(ItemKind.VIDEO, profile.name, DISCOVERED, profile.video_stages),
                Flow(ItemKind.PAGE_GROUP, profile.name, GROUP_STALE, profile.group_stages),
            ]
        )
        return Deps(
            owner=uuid4(),
            database=self.database,
            keeper=FakeKeeper(),
            clock=self.clock,
            flows=flows,
            limits=Limits(),
            pace=replace(QUICK, group_delay=timedelta(0), drain_wait_s=0),
            askers=GatewayAskers(gateway, self.routes()),
            drainer=Forgetful(self.database),
            prompts={profile.name: profile.prompts},
        )

    def routes(self) -> Routes:
        """Return the routes: the first model everywhere, any by name."""
        by_name = {model.name: model for model in self.models}
        return Routes((self.model,), make=lambda name, _stage: by_name[name])

    async def say(self, video_id: int, lines: tuple[str, ...]) -> None:
        """Give a recording another version of its transcript; its stages begin anew."""
        workshop = Workshop(self.database, self.profile(), FakeAsker())
        await workshop.transcribe(video_id, transcript_of(lines))
        await rows_of(
            self.database,
            """UPDATE videos SET status = 'transcribed', fence = fence + 1
               WHERE id = :id RETURNING 1""",
            id=video_id,
        )

    async def drain(
        self, caps: Caps = RICH, concurrency: int | None = None, mode: Mode = Mode.DRAIN
    ) -> Report:
        """Start as a daemon does, and work until nothing is due, on so many items at a time."""
        async with self.database.transaction() as session:
            await release_dead(session, self.clock.now())
            await journal.release_orphans(session, ())
            await outlook.end_waits(session, WITH_THE_PROCESS)
        shop = open_shop(self.database, self.clock, self.folder)  # type: ignore[arg-type] # a clock
        process = await shop.opened(caps=caps)
        gateway = Gateway(
            self.database, self.routes(), process.purchaser, Prompt("repair", "", "", "0")
        )
        async with asyncio.timeout(60):
            deps = self.deps(gateway)
            if concurrency is not None:
                capacity = dict.fromkeys(Resource, concurrency)
                deps = replace(deps, pace=replace(deps.pace, capacity=capacity))
            return await Loop(deps, RunPlan(mode)).run()

    async def plan(
        self, scope: Scope, among: Among = Among.DONE, vectors: VectorWatch | None = None
    ) -> Plan:
        """Return the plan of a scope, rehearsed for real; `vectors` gathers what is embedded."""
        shop = open_shop(self.database, self.clock, self.folder)  # type: ignore[arg-type] # a clock
        process = await shop.opened()
        deps = self.deps(process.gateway)
        repair = Prompt("repair", "", "", "0")
        rehearsal = make_rehearsal(deps, self.routes(), repair, DearModel("free"), vectors)
        forecasts, in_work = await Planner(deps, rehearsal).forecasts(scope, among)
        async with self.database.transaction() as session:
            history = await store.paid_calls(session)
        estimator = Estimator(shop.prices, process.limiter, history, self.clock.now())
        services = [] if vectors is None else vectors.take()
        return make_plan(forecasts, in_work, estimator, services)

    def idle_deps(self) -> Deps:
        """Return dependencies for controls that ask nothing."""
        gateway: Any = None
        return self.deps(gateway)

    async def bought(self) -> int:
        """Return how many calls the journal has."""
        return int((await rows_of(self.database, "SELECT count(*) FROM llm_calls"))[0][0])

    async def picture(self) -> dict[str, list[Any]]:
        """Return every row that redoing could change."""
        tables = ("videos", "page_groups", "topics", "evidence", "technique_moments", "claims")
        return {
            table: sorted(map(str, await rows_of(self.database, f"SELECT * FROM {table}")))  # noqa: S608 - constants
            for table in (*tables, "pages", "documents", "work_orders", "runs", "llm_calls")
        }
