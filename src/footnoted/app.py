"""The composition root: settings in, everything joined together out; nothing else knows adapters.

`open_storage` is what commands that only read or edit need. `open_app` adds the model, the index
and the flows, and is what the daemon runs on.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

from footnoted import __version__
from footnoted.build import git_sha
from footnoted.catalogue import Making, installed_profiles, names_of, resource_roots
from footnoted.db.storage import open_storage
from footnoted.errors import ConfigurationError, FootnotedError, TransientError
from footnoted.fetch.web.addresses import is_this_machine
from footnoted.indexes import make_embedding, make_indexes, make_keeper
from footnoted.ledger.prices import PriceTable
from footnoted.llm.assembly import EXTRACTIVE, require_prices, routes_of
from footnoted.llm.call import Call
from footnoted.llm.gateway import Gateway
from footnoted.llm.lacks import Lack, parse_lacks
from footnoted.llm.purchase import Purchaser
from footnoted.llm.routes import Routes
from footnoted.model.status import (
    DISCOVERED,
    GROUP_STALE,
    SOURCE_DUE,
    TRANSCRIPTION_WANTED,
    ItemKind,
    Resource,
)
from footnoted.model.transcript import TranscriptOrigin
from footnoted.pipeline.alerts import store as alerts
from footnoted.pipeline.alerts.alert import INDEX_REBUILT as INDEX_REBUILT_CODE
from footnoted.pipeline.alerts.alert import SEARCH_INDEX, index_rebuilt
from footnoted.pipeline.alerts.hosts import HostAlerts
from footnoted.pipeline.askers import GatewayAskers
from footnoted.pipeline.deps import Deps, Pace
from footnoted.pipeline.flow import Flow
from footnoted.pipeline.flows import Flows
from footnoted.pipeline.gate import Limits
from footnoted.pipeline.paid import ModelAccess, PaidSetup, pay_for, pay_nothing
from footnoted.prompting import read_prompt
from footnoted.search.audit import RepairKind, ensure_filled, rebuild
from footnoted.search.drain import OutboxDrainer
from footnoted.settings import variable
from footnoted.sources.folder import FolderScanner
from footnoted.sources.obtain.sweep import WorkFiles
from footnoted.sources.port import ScanLimits
from footnoted.sources.uploads.storage import MediaStorage
from footnoted.sources.uploads.taking import UploadStore
from footnoted.stages.index import IndexStage
from footnoted.stages.lengths import found_ms
from footnoted.stages.listen import ListenStage
from footnoted.stages.obtain import Obtainers, ObtainStage
from footnoted.stages.poll import Looking, PollStage
from footnoted.stages.profile import Build, SharedStages
from footnoted.stages.transcribe import TranscribeStage
from footnoted.stages.wording import parse_languages
from footnoted.telemetry import INDEX_LOST, INDEX_REBUILT, get_logger
from footnoted.transcripts.captions import read_transcript

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from decimal import Decimal

    from footnoted.catalogue import BrokenProfile
    from footnoted.clock import Clock
    from footnoted.db.storage import Storage
    from footnoted.llm.anthropic_client import AnthropicClient
    from footnoted.llm.port import Model
    from footnoted.pipeline.embedding.keeper import EmbeddingKeeper
    from footnoted.pipeline.speech import SpeechAccess
    from footnoted.search.port import SearchIndex
    from footnoted.settings import Settings
    from footnoted.sources.assembly import Net
    from footnoted.sources.choosing.look import Measure
    from footnoted.sources.port import Scanner
    from footnoted.stages.hearing import HearingDeps
    from footnoted.stages.profile import Profile


def make_scanner() -> Scanner:
    """Return what looks at folders."""
    return FolderScanner()


def make_measure() -> Measure:
    """Return what tells how long a recording of a folder is (ms); it blocks."""
    return partial(found_ms, read=read_transcript)


def scan_limits(settings: Settings) -> ScanLimits:
    """Return how much one look at a folder takes."""
    return ScanLimits(settle_s=settings.file_settle_s)


@dataclass(frozen=True, slots=True)
class App:
    """Everything joined together, as the daemon and the API use it.

    `broken` are profiles that no flow was made of.
    """

    storage: Storage
    index: SearchIndex
    profiles: tuple[Profile, ...]
    broken: tuple[BrokenProfile, ...]
    deps: Deps
    models: ModelAccess
    net: Net
    free_models: tuple[str, ...] = (EXTRACTIVE,)
    vectors: EmbeddingKeeper | None = None

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

    `run_cap` is the most that this run may cost (USD). Raises ConfigurationError for a profile that
    is broken: its videos would wait without a word.
    """
    async with open_storage(settings) as storage:
        models = make_models(storage, run_cap)
        speech = make_speech(storage, models, run_cap)
        embedding = make_embedding(storage, models, run_cap)
        index = make_indexes(storage, embedding)
        others = [one for one in (speech, embedding) if one is not None]
        free, paid = [name for one in others for name in one.free_models], [models, *others]
        async with built_app(storage, index, models, speech) as app:
            try:
                if app.broken:
                    raise ConfigurationError(app.broken[0].fault)
                for one in paid:
                    await one.load()
                vectors = make_keeper(storage, index, embedding)
                yield replace(app, vectors=vectors, free_models=(EXTRACTIVE, *free))
            finally:
                for one in paid:
                    await one.close()


@asynccontextmanager
async def built_app(
    storage: Storage,
    index: SearchIndex,
    models: ModelAccess | None = None,
    speech: SpeechAccess | None = None,
) -> AsyncGenerator[App]:
    """Yield what `build_app` joins; its connections and the index are closed behind it."""
    app = build_app(storage, index, models, speech)
    try:
        yield app
    finally:
        await app.net.close()
        try:
            await index.close()
        except TransientError as error:  # derived data: the next start looks at it closely
            get_logger().warning(INDEX_LOST, why=error.message)


def make_client(settings: Settings) -> AnthropicClient | None:
    """Return the way to the provider that the settings name; None without a key.

    Raises ConfigurationError for one elsewhere where nothing beyond this machine may be contacted.
    """
    if settings.anthropic_api_key is None:
        return None
    # The SDK takes a second to import, which a program without a key should not wait for.
    from footnoted.llm.anthropic_client import DEFAULT_BASE_URL, AnthropicClient  # noqa: PLC0415

    if settings.offline:
        require_here(settings.anthropic_base_url or DEFAULT_BASE_URL)
    key = settings.anthropic_api_key.get_secret_value()
    return AnthropicClient(key, settings.anthropic_base_url, parse_lacks(settings.anthropic_lacks))


def require_here(address: str) -> None:
    """Raise ConfigurationError for a model provider that is not on this machine."""
    host = urlsplit(address).hostname or ""
    if not is_this_machine(host):
        message = (
            f"{variable('offline')} is set, and models are asked of {host}; without a key the"
            f" built-in one works, and {variable('anthropic_base_url')} can name a server here"
        )
        raise ConfigurationError(message)


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

    stages = installed_profiles(resource_roots(settings)).stages
    routes = routes_of(settings, stages, made, has_key=client is not None)
    require_prices(routes, prices)
    if client is None:
        return pay_nothing(routes, storage.database, storage.clock)
    from footnoted.llm.batches.anthropic_batches import AnthropicBatches  # noqa: PLC0415 - the SDK

    batches = None if Lack.BATCHES in client.lacks else AnthropicBatches(client)
    setup = PaidSetup(settings, storage.database, storage.clock, prices, run_cap, batches)
    return pay_for(routes, client, setup)


def make_free_models() -> ModelAccess:
    """Return the built-in model for every stage."""
    from footnoted.llm.extractive import Extractive  # noqa: PLC0415 - needs numpy and word lists

    return ModelAccess(Routes((Extractive(),)))


def make_speech(
    storage: Storage, models: ModelAccess, run_cap: Decimal | None
) -> SpeechAccess | None:
    """Return what hears and what its money goes through; None where nothing is to be heard.

    Raises ConfigurationError for a missing package, model, key or price.
    """
    settings, now = storage.settings, storage.clock.now()
    if settings.speech == "off":
        return None
    # What decodes sound and asks services is heavy, and most programs hear nothing.
    from footnoted.pipeline.speech import pay_for_speech  # noqa: PLC0415
    from footnoted.transcripts.speech.assembly import make_recognizer  # noqa: PLC0415

    recognizer = make_recognizer(settings, now)
    if recognizer is None:
        return None
    prices = PriceTable.load(settings.prices_file)
    setup = PaidSetup(settings, storage.database, storage.clock, prices, run_cap)
    return pay_for_speech(recognizer, setup, models)


def profile_making(
    settings: Settings, index: SearchIndex, clock: Clock, model_of: Callable[[str, str], str]
) -> Making:
    """Return what profiles are made of; `model_of` names the models of a stage and profile."""
    shared = SharedStages(
        transcribe=TranscribeStage(read_transcript, clock), index=IndexStage(index, clock)
    )
    roots = resource_roots(settings)
    languages = parse_languages(
        settings.output_language, variable("output_language"), names_of(roots)
    )
    build = Build(model_of, __version__, git_sha(settings.git_commit_sha), languages)
    return Making(roots, shared, build, settings)


def build_app(
    storage: Storage,
    index: SearchIndex,
    models: ModelAccess | None = None,
    speech: SpeechAccess | None = None,
) -> App:
    """Return everything joined around a database, an index and the models.

    Without models nothing is asked but the built-in one, which costs nothing. What a broken profile
    has is only read.
    """
    models = models or make_free_models()
    from footnoted.sources.assembly import make_net  # noqa: PLC0415 - its libraries are heavy

    settings, clock = storage.settings, storage.clock
    gateway = Gateway(
        storage.database,
        models.routes,
        models.purchaser or Purchaser[Call](storage.database, clock, models.till),
        read_prompt(resource_roots(settings), "shared", "repair"),
    )
    net = make_net(settings, storage.database, clock, HostAlerts(storage.database, clock))
    ears = None if speech is None else speech.hearing
    making = profile_making(settings, index, clock, models.routes.name_of)
    profiles, broken = installed_profiles(making.roots).made(making)
    deps = Deps(
        owner=uuid4(),
        database=storage.database,
        keeper=storage.keeper,
        clock=clock,
        flows=Flows([*_flows(profiles), *_source_flows(storage, net, ears)]),
        limits=Limits(settings.max_attempts, settings.backoff_base_s, settings.backoff_cap_s),
        pace=_pace(settings),
        askers=GatewayAskers(gateway, models.routes, models.witness),
        drainer=OutboxDrainer(storage.database, index),
        prompts={profile.name: profile.prompts for profile in profiles},
        program=f"{__version__} ({making.build.git_sha})",
    )
    return App(storage, index, profiles, broken, deps, models, net)


def make_uploads(settings: Settings) -> UploadStore:
    """Return what takes files that somebody brings."""

    def reads(data: bytes, name: str) -> object:
        return read_transcript(data, name, origin=TranscriptOrigin.IMPORTED)

    return UploadStore(storage_of(settings), reads)


def storage_of(settings: Settings) -> MediaStorage:
    """Return where recordings are kept, within their budget."""
    return MediaStorage(settings.data_dir, int(settings.media_max_gb * 1e9))


def _source_flows(storage: Storage, net: Net, ears: HearingDeps | None) -> list[Flow]:
    settings, clock = storage.settings, storage.clock
    looking = Looking(make_scanner(), make_measure(), net.followers, scan_limits(settings))
    obtainers, fetched = Obtainers(net.pages, net.files), settings.fetched_dir
    hearing = (
        ObtainStage(obtainers, clock, fetched, hears=ears is not None),
        ListenStage(obtainers, ears, clock, fetched, storage_of(settings)),
    )
    return [
        Flow(ItemKind.SOURCE, "", SOURCE_DUE, (PollStage(looking, clock),)),
        Flow(ItemKind.TRANSCRIPTION, "", TRANSCRIPTION_WANTED, hearing, WorkFiles(fetched)),
    ]


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
            Resource.SPEECH: settings.concurrency_speech,
        },
    )
