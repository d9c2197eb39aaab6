"""The whole examination: every check in its order, each from what the ones before it allow.

files and disk -> database -> schema -> daemon -> profiles -> items -> evidence -> index
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.app import build_app
from footnoted.db import migrate
from footnoted.db.locks import is_daemon_lock_held
from footnoted.db.storage import open_database
from footnoted.doctor import machine, made, place, store
from footnoted.doctor.backups import check_backups, try_restore
from footnoted.doctor.check import CheckName, failure, ok, warning
from footnoted.doctor.embedding import check_embedder
from footnoted.doctor.indexing import check_index, index_access
from footnoted.doctor.profiles import check_profiles
from footnoted.doctor.provider import check_model_key
from footnoted.doctor.speech import check_speech, check_unheard
from footnoted.doctor.ytdlp import check_ytdlp
from footnoted.errors import ConfigurationError, DependencyDownError, FootnotedError
from footnoted.fetch.daemon import ask_daemon
from footnoted.indexes import make_index
from footnoted.reprocess.single import remake_of

if TYPE_CHECKING:
    from footnoted.app import App
    from footnoted.db.storage import Storage
    from footnoted.doctor.check import Check
    from footnoted.settings import Settings
    from footnoted.stages.profile import Profile


async def examine(settings: Settings, *, fix: bool, tries_restore: bool = False) -> list[Check]:
    """Return every check that could be made; with `fix`, after putting right what can be.

    With `tries_restore` the newest backup is restored beside the database too, and verified.
    """
    checks = [
        place.check_disk_space(settings),
        place.check_postgresql_major(settings),
        *await check_model_key(settings),
        *await check_speech(settings),
        *await check_embedder(settings),
    ]
    try:
        async with open_database(settings) as storage:
            async with storage.database.transaction() as session:
                version = await store.server_version(session)
                asks_pages = await store.asks_pages(session)
            checks.append(ok(CheckName.DATABASE, f"PostgreSQL {version} answers"))
            if asks_pages:
                checks += await check_ytdlp(settings)
            checks += await _examine_content(storage, fix=fix)
            if tries_restore:
                checks.append(await try_restore(storage))
    except (ConfigurationError, DependencyDownError) as error:
        checks.append(failure(CheckName.DATABASE, error.message))
    return checks


async def _examine_content(storage: Storage, *, fix: bool) -> list[Check]:
    schema = await _check_schema(storage, fix=fix)
    if schema.state != "ok":
        return [schema]
    daemon, is_up = await _check_daemon(storage)
    checks, remake = [schema, daemon], None
    try:
        app = build_app(storage, make_index(storage.settings))
        try:
            checks += [check_resources(app), await machine.check_statuses(app)]
            remake = remake_of(app.deps)
        finally:
            await app.net.close()
    except ConfigurationError as error:  # what no profile stands without is missing
        checks.append(failure(CheckName.RESOURCES, error.message))
    checks += [
        await check_profiles(storage),
        await machine.check_leases(storage, is_daemon_up=is_up, fix=fix),
        await machine.check_waits(storage, fix=fix),
        await made.check_dangling(storage, remake if fix else None),
        await made.check_evidence(storage, fix=fix),
        await made.check_calls(storage, is_daemon_up=is_up, fix=fix),
        await machine.check_alerts(storage),
        *await check_unheard(storage),
        await check_backups(storage),
    ]
    async with index_access(storage, is_daemon_up=is_up) as access:
        return checks + await check_index(storage, access, fix=fix)


def check_resources(app: App) -> Check:
    """Return what of each sound profile was found; `profiles` tells of those that are broken."""
    found = [
        f"{profile.name} has {_categories(profile)}{len(profile.prompts)} prompts"
        for profile in app.profiles
    ]
    return ok(CheckName.RESOURCES, "; ".join(found))


def _categories(profile: Profile) -> str:
    return f"{len(profile.taxonomy.categories)} categories and " if profile.taxonomy else ""


async def _check_schema(storage: Storage, *, fix: bool) -> Check:
    try:
        state = await migrate.schema_state(storage.engine)
        migrate.refuse_newer(state)
        if state.is_current:
            return ok(CheckName.SCHEMA, f"at {state.needed}, as this release needs")
        was = state.current or "nothing"
        if fix and storage.settings.migrates_itself:
            await migrate.upgrade(storage.engine)
            done = ok(CheckName.SCHEMA, f"at {state.needed}, as this release needs")
            return done.model_copy(update={"fixed": f"migrated from {was}"})
    except FootnotedError as error:
        return failure(CheckName.SCHEMA, error.message)
    text = f"at {was}, and this release needs {state.needed}: run `footnoted migrate`"
    return failure(CheckName.SCHEMA, text)


async def _check_daemon(storage: Storage) -> tuple[Check, bool]:
    """Return how the daemon is, and whether it answers at all."""
    settings = storage.settings
    try:
        answer = await ask_daemon(settings.socket_path, "/healthz")
    except FootnotedError as error:
        return failure(CheckName.DAEMON, error.message), False
    if answer is None:
        return await _check_absent_daemon(storage), False
    try:
        await ask_daemon(settings.socket_path, "/readyz")
    except FootnotedError as error:
        return warning(CheckName.DAEMON, f"it answers, and is not ready: {error.message}"), True
    return ok(CheckName.DAEMON, f"version {answer['version']} answers and is ready"), True


async def _check_absent_daemon(storage: Storage) -> Check:
    if await is_daemon_lock_held(storage.url):
        text = (
            "a daemon holds this database and does not listen on"
            f" {storage.settings.socket_path}: it is starting, on another machine, or stuck"
        )
        return warning(CheckName.DAEMON, text)
    return ok(CheckName.DAEMON, "none runs; `footnoted run` starts one")
