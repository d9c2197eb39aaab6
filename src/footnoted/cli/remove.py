"""`footnoted remove`: follows videos no longer, or erases them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.db.storage import Storage
    from footnoted.pipeline.controls.removal.removal import Removed, RemovedSource
    from footnoted.pipeline.controls.selection import Handled
    from footnoted.settings import Settings


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(remove)
    program.command()(forget)


def remove(
    videos: Annotated[
        list[int], typer.Argument(metavar="VIDEO...", help="Ids that `status` shows.")
    ],
    *,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep pages and all else that was made of them.")
    ] = False,
    purge: Annotated[
        bool, typer.Option("--purge", help="Erase all that was made of them; your files stay.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Follow videos no longer; what was made of them is kept, or erased for good."""
    require_one(keep=keep, purge=purge)
    if keep:
        _keep(videos, as_json=as_json)
    else:
        _purge(videos, as_json=as_json)


def forget(
    videos: Annotated[
        list[int], typer.Argument(metavar="VIDEO...", help="Ids that `status` shows.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Erase videos for good: rows, answers, pages, index, files we keep; as `remove --purge`."""
    _purge(videos, as_json=as_json)


def require_one(*, keep: bool, purge: bool) -> None:
    """Raise UsageError unless exactly one of the two was said."""
    from footnoted.errors import UsageError

    if keep == purge:
        message = "say either --keep (what was made of it stays) or --purge (it is erased)"
        raise UsageError(message)


def _keep(videos: list[int], *, as_json: bool) -> None:
    from footnoted.cli.handled import print_handled
    from footnoted.cli.storage import with_storage
    from footnoted.pipeline.controls.taking_up import keep as set_aside

    async def work(storage: Storage) -> Handled:
        return await set_aside(storage.database, videos, clock=storage.clock)

    print_handled("remove", with_storage(work), as_json=as_json)


def _purge(videos: list[int], *, as_json: bool) -> None:
    from footnoted.cli.lines import remark, say
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json

    async def work(storage: Storage) -> tuple[Removed, str | None]:
        return await erase(storage, videos), words_on_backups(storage.settings)

    removed, backups = with_storage(work)
    if as_json:
        purged = [{"id": video_id, "title": title} for video_id, title in removed.videos]
        left = {"still_there": list(removed.still_there), "backups": backups}
        write_json("remove/2", {"purged": purged, **left})
        return
    for video_id, title in removed.videos:
        say(f"video {video_id} {title!r}: erased")
    for path in removed.still_there:
        remark(f"{path} is still there; no look takes it again")
    if backups is not None:
        remark(backups)
    remark("No source brings back what was erased; `footnoted add` does.")


def words_on_backups(settings: Settings) -> str | None:
    """Return until when backups may still hold what was erased now; None where there are none."""
    from footnoted.archive.backups.manifest import Trigger, list_backups
    from footnoted.archive.backups.schedule import plan_of

    plan, found = plan_of(settings), list_backups(settings.backups_dir)
    passing = [one for one in found if one.manifest.trigger is Trigger.SCHEDULED and plan.every]
    parts: list[str] = []
    if passing:
        days = plan.keep * plan.every.total_seconds() / 86_400
        parts.append(
            f"{len(passing)} that newer ones replace, {days:.1f} days of a daemon from now"
        )
    if staying := len(found) - len(passing):
        parts.append(f"{staying} that stay until their folders are removed")
    if not parts:
        return None
    return f"Backups in {settings.backups_dir} may still hold it: {', and '.join(parts)}."


async def erase(storage: Storage, videos: list[int]) -> Removed:
    """Erase videos with their entries in the index and the files that we keep of them.

    Raises UsageError when a video does not exist; nothing is erased then.
    """
    from footnoted.pipeline.controls.removal.removal import purge

    removed = await purge(storage.database, videos, clock=storage.clock)
    await _clear_up(storage, removed)
    return removed


async def erase_source(storage: Storage, source_id: int) -> RemovedSource:
    """Erase a source with all that it brought, as `erase` does. Raises UsageError as it does."""
    from footnoted.pipeline.controls.removal.removal import remove_source

    removed = await remove_source(storage.database, source_id, clock=storage.clock, purges=True)
    await _clear_up(storage, removed.erased)
    return removed


async def _clear_up(storage: Storage, removed: Removed) -> None:
    """Remove what is kept of erased videos beside the database: their files, and the index's."""
    from footnoted.indexes import catch_up_index
    from footnoted.pipeline.housekeeping import Housekeeping
    from footnoted.sources.obtain.sweep import DataFolders, drop_kept

    kept = DataFolders(storage.settings.fetched_dir, storage.settings.data_dir / "media")
    await drop_kept(storage.database, kept, removed.media_ids, removed.files)
    await Housekeeping(storage.settings, storage.database, ()).sweep()
    await catch_up_index(storage)
