"""The composition root: settings in, everything joined together out; nothing else knows adapters.

`open_storage` is what commands that only read or edit need. `open_app` adds the model, the index
and the flows, and is what the daemon runs on.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from footnoted import __version__
from footnoted.build import git_sha
from footnoted.clock import SystemClock
from footnoted.db import embedded, migrate
from footnoted.db.engine import make_engine
from footnoted.db.outage import is_database_down
from footnoted.db.session import Database
from footnoted.errors import ConfigurationError, FootnotedError, TransientError, UsageError
from footnoted.ledger.prices import PriceTable
from footnoted.llm.assembly import EXTRACTIVE, require_prices, routes_of
from footnoted.llm.call import Call
from footnoted.llm.gateway import Gateway
from footnoted.llm.lacks import Lack, parse_lacks
from footnoted.llm.purchase import Purchaser
from footnoted.llm.routes import Routes
from footnoted.model.status import DISCOVERED, GROUP_STALE, SOURCE_DUE, ItemKind, Resource
from footnoted.pipeline.alerts import store as alerts
from footnoted.pipeline.alerts.alert import INDEX_REBUILT as INDEX_REBUILT_CODE
from footnoted.pipeline.alerts.alert import SEARCH_INDEX, index_rebuilt
from footnoted.pipeline.askers import GatewayAskers
from footnoted.pipeline.deps import Deps, Pace
from footnoted.pipeline.flow import Flow
from footnoted.pipeline.flows import Flows
from footnoted.pipeline.gate import Limits
from footnoted.pipeline.paid import ModelAccess, PaidSetup, pay_for
from footnoted.profiles.techniques import NAME as TECHNIQUES
from footnoted.prompting import read_prompt
from footnoted.search.audit import RepairKind, ensure_filled, rebuild
from footnoted.search.drain import OutboxDrainer
from footnoted.search.qdrant_edge import QdrantEdgeIndex
from footnoted.settings import bundled_dir, variable
from footnoted.sources.folder import FolderScanner
from footnoted.sources.port import ScanLimits
from footnoted.stages.index import IndexStage
from footnoted.stages.poll import PollStage
from footnoted.stages.profile import Build, SharedStages
from footnoted.stages.transcribe import TranscribeStage
from footnoted.telemetry import INDEX_LOST, INDEX_REBUILT, SCHEMA_MIGRATED, get_logger
from footnoted.transcripts.captions import read_transcript

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from decimal import Decimal
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncEngine

    from footnoted.clock import Clock
    from footnoted.db.embedded import EmbeddedServer
    from footnoted.llm.anthropic_client import AnthropicClient
    from footnoted.llm.batches.port import BatchProvider
    from footnoted.llm.port import Model
    from footnoted.search.port import SearchIndex
    from footnoted.settings import Settings
    from footnoted.sources.port import Scanner
    from footnoted.stages.profile import Profile

PROFILES = (TECHNIQUES,)
"""The names of the profiles that are installed."""

ASKING = ("segment", "extract", "classify", "compose")
"""The stages that ask models."""


@dataclass(frozen=True, slots=True)
class Storage:
    """PostgreSQL in reach, with a schema this release knows. `url` may hold a password."""

    settings: Settings
    url: str
    engine: AsyncEngine
    database: Database
    keeper: Keeper
    clock: Clock


class Keeper:
    """Knows when the database is away; restarts it when it is the embedded one."""

    def __init__(self, server: EmbeddedServer | None) -> None:
        """Keep `server`, or only watch when the database is somebody else's."""
        self._server = server

    def is_lost(self, error: BaseException) -> bool:
        """Return whether an error means that the database went away."""
        return is_database_down(error)

    async def ensure_running(self) -> None:
        """Return when the embedded server answers; do nothing for any other."""
        if self._server is not None:
            await asyncio.to_thread(embedded.ensure_running, self._server)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncGenerator[Storage]:
    """Yield PostgreSQL as the settings name it, whatever its schema is; started if need be."""
    server: EmbeddedServer | None = None
    if settings.database_url is None:
        server = await asyncio.to_thread(embedded.start, settings.data_dir)
    url = server.url if server else _secret(settings)
    engine = make_engine(
        url,
        application_name="footnoted",
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_max_overflow,
        pre_ping=settings.database_pre_ping,
    )
    try:
        yield Storage(settings, url, engine, Database(engine), Keeper(server), SystemClock())
    finally:
        await engine.dispose()
        if server is not None:
            await asyncio.to_thread(embedded.stop, server)


def _secret(settings: Settings) -> str:
    return settings.database_url.get_secret_value() if settings.database_url else ""


@asynccontextmanager
async def open_storage(settings: Settings) -> AsyncGenerator[Storage]:
    """Yield PostgreSQL with the schema of this release.

    An old schema is migrated where the settings allow it. Raises MigrationsNeededError otherwise.
    """
    async with open_database(settings) as storage:
        if settings.migrates_itself:
            before = await migrate.upgrade(storage.engine)
            if not before.is_current:
                get_logger().debug(SCHEMA_MIGRATED, before=before.current, after=before.needed)
        else:
            await migrate.require_current(storage.engine)
        yield storage


def resource_roots(settings: Settings) -> list[Path]:
    """Return where prompts and taxonomies are looked for: the user's folder, then ours."""
    user = [settings.user_dir / "prompts"] if settings.user_dir else []
    return [*user, bundled_dir("prompts")]


def require_profiles(names: Sequence[str]) -> None:
    """Raise UsageError for a profile that is not installed: its videos would wait for ever."""
    for name in names:
        if name not in PROFILES:
            message = f"there is no profile {name!r}; there is {', '.join(PROFILES)}"
            raise UsageError(message)


def make_scanner() -> Scanner:
    """Return what looks at folders."""
    return FolderScanner()


def scan_limits(settings: Settings) -> ScanLimits:
    """Return how much one look at a folder takes."""
    return ScanLimits(settle_s=settings.file_settle_s)


def make_index(settings: Settings) -> SearchIndex:
    """Return the search index that the settings name; nothing is opened yet."""
    if settings.qdrant_url is None:
        return QdrantEdgeIndex(settings.index_dir)
    # Its client takes a second to import, which commands on the embedded index should not wait for.
    from footnoted.search.qdrant_server import QdrantServerIndex  # noqa: PLC0415

    key = settings.qdrant_api_key
    return QdrantServerIndex.connect(
        settings.qdrant_url, api_key=key.get_secret_value() if key else None
    )


async def catch_up_index(storage: Storage) -> bool:
    """Apply to the index what changed in PostgreSQL; return False when another process has it.

    That process is the daemon, which applies it by itself, or a command about to end.
    """
    index = make_index(storage.settings)
    try:
        await index.ensure_ready()
        if index.was_recreated:
            await ensure_filled(storage.database, index)
        else:
            await OutboxDrainer(storage.database, index).drain_all()
    except TransientError:
        return False
    finally:
        await index.close()
    return True


@dataclass(frozen=True, slots=True)
class App:
    """Everything joined together, as the daemon and the API use it."""

    storage: Storage
    index: SearchIndex
    profiles: tuple[Profile, ...]
    deps: Deps
    models: ModelAccess
    free_models: tuple[str, ...] = (EXTRACTIVE,)

    async def prepare_index(self) -> None:
        """Open the index, and refill it from PostgreSQL when it is empty or was lost."""
        await self.index.ensure_ready()
        repair = await ensure_filled(self.storage.database, self.index)
        if self.index.was_recreated:  # filled another way, or of a library that is empty yet
            await rebuild(self.storage.database, self.index)
        now, is_rebuilt = self.storage.clock.now(), repair.kind is RepairKind.REBUILT
        async with self.storage.database.transaction() as session:
            if is_rebuilt:
                await alerts.raise_alert(session, index_rebuilt(repair.found.documents), now)
            else:
                await alerts.resolve_alert(session, INDEX_REBUILT_CODE, SEARCH_INDEX, now)
        if is_rebuilt:
            get_logger().warning(INDEX_REBUILT, documents=repair.found.documents)

    async def probe_database(self) -> str:
        """Return `ok`, or why PostgreSQL does not answer."""
        try:
            await self.storage.database.ping()
        except Exception as error:
            if not self.storage.keeper.is_lost(error):
                raise
            return f"away: {error}"
        return "ok"

    async def probe_index(self) -> str:
        """Return `ok`, or why the index does not answer."""
        try:
            await self.index.ensure_ready()
        except FootnotedError as error:
            return error.message
        return "ok"


@asynccontextmanager
async def open_app(settings: Settings, run_cap: Decimal | None = None) -> AsyncGenerator[App]:
    """Yield the whole program around an open database; the index is opened by `prepare_index`.

    `run_cap` is the most that this run may cost (USD).
    """
    async with open_storage(settings) as storage:
        index = make_index(settings)
        models = make_models(storage, run_cap)
        try:
            await models.load()
            yield build_app(storage, index, models)
        finally:
            await models.close()
            try:
                await index.close()
            except TransientError as error:  # derived data: the next start looks at it closely
                get_logger().warning(INDEX_LOST, why=error.message)


def make_client(settings: Settings) -> AnthropicClient | None:
    """Return the way to the provider that the settings name; None without a key."""
    if settings.anthropic_api_key is None:
        return None
    # The SDK takes a second to import, which a program without a key should not wait for.
    from footnoted.llm.anthropic_client import AnthropicClient  # noqa: PLC0415

    key = settings.anthropic_api_key.get_secret_value()
    lacks = parse_lacks(settings.anthropic_lacks)
    return AnthropicClient(key, settings.anthropic_base_url, lacks)


def make_models(storage: Storage, run_cap: Decimal | None) -> ModelAccess:
    """Return the models of every stage and what their money goes through.

    Raises ConfigurationError for a model without a key or without a price.
    """
    from footnoted.llm.extractive import Extractive  # noqa: PLC0415 - needs numpy and word lists

    settings, extractive = storage.settings, Extractive()
    client, prices = make_client(settings), PriceTable.load(settings.prices_file)
    schema = read_prompt(resource_roots(settings), "shared", "schema")

    def made(name: str, effort: str) -> Model:
        if name == EXTRACTIVE or client is None:
            return extractive
        from footnoted.llm.anthropic_client import AnthropicModel  # noqa: PLC0415 - as above

        return AnthropicModel(client, name, effort=effort, schema_prompt=schema)

    routes = routes_of(settings, ASKING, made, has_key=client is not None)
    require_prices(routes, prices)
    if client is None:
        return ModelAccess(routes)
    batches = make_batches(client, settings)
    return pay_for(
        routes,
        client,
        PaidSetup(settings, storage.database, storage.clock, prices, run_cap, batches),
    )


def make_batches(client: AnthropicClient, settings: Settings) -> BatchProvider | None:
    """Return who makes batches; None where the server takes none.

    Raises ConfigurationError where the settings ask for batches all the same.
    """
    from footnoted.llm.batches.anthropic_batches import AnthropicBatches  # noqa: PLC0415 - the SDK

    if Lack.BATCHES not in client.lacks:
        return AnthropicBatches(client)
    if settings.llm_mode == "batch":
        message = f"{variable('llm_mode')} is batch, and the server is said to lack batches"
        raise ConfigurationError(message)
    return None


def make_free_models() -> ModelAccess:
    """Return the built-in model for every stage."""
    from footnoted.llm.extractive import Extractive  # noqa: PLC0415 - needs numpy and word lists

    return ModelAccess(Routes((Extractive(),)))


def build_app(storage: Storage, index: SearchIndex, models: ModelAccess | None = None) -> App:
    """Return everything joined around a database, an index and the models.

    Without models nothing is asked but the built-in one, which costs nothing.
    """
    models = models or make_free_models()
    # What works on words needs numpy and word lists: 0.6 s that other commands need not wait for.
    from footnoted.profiles.techniques.profile import (  # noqa: PLC0415
        Tuning,
        techniques_profile,
    )

    settings, clock = storage.settings, storage.clock
    gateway = Gateway(
        storage.database,
        models.routes,
        models.purchaser or Purchaser[Call](storage.database, clock, models.till),
        read_prompt(resource_roots(settings), "shared", "repair"),
    )
    build = Build(models.routes.name_of, __version__, git_sha(settings.git_commit_sha))
    shared = SharedStages(
        transcribe=TranscribeStage(read_transcript, clock), index=IndexStage(index, clock)
    )
    tuning = Tuning(settings.classify_batch_size, settings.synthesis_chunk_size)
    profiles = (techniques_profile(resource_roots(settings), shared, build, tuning),)
    poll = PollStage(make_scanner(), clock, scan_limits(settings))
    deps = Deps(
        owner=uuid4(),
        database=storage.database,
        keeper=storage.keeper,
        clock=clock,
        flows=Flows([*_flows(profiles), Flow(ItemKind.SOURCE, "", SOURCE_DUE, (poll,))]),
        limits=Limits(settings.max_attempts, settings.backoff_base_s, settings.backoff_cap_s),
        pace=_pace(settings),
        askers=GatewayAskers(gateway, models.routes, models.witness),
        drainer=OutboxDrainer(storage.database, index),
        prompts={profile.name: profile.prompts for profile in profiles},
    )
    return App(storage, index, profiles, deps, models)


def _flows(profiles: Sequence[Profile]) -> list[Flow]:
    return [
        flow
        for profile in profiles
        for flow in (
            Flow(ItemKind.VIDEO, profile.name, DISCOVERED, profile.video_stages),
            Flow(ItemKind.PAGE_GROUP, profile.name, GROUP_STALE, profile.group_stages),
        )
    ]


def _pace(settings: Settings) -> Pace:
    return Pace(
        poll_interval_s=settings.poll_interval_s,
        lease=timedelta(seconds=settings.lease_s),
        group_delay=timedelta(seconds=settings.page_delay_s),
        drain_wait_s=settings.drain_wait_s,
        shutdown_grace_s=settings.shutdown_grace_s,
        capacity={
            Resource.FETCH: settings.concurrency_fetch,
            Resource.CPU: settings.concurrency_cpu,
            Resource.MODEL: settings.concurrency_model,
            Resource.INDEX: settings.concurrency_index,
        },
    )
