"""Taking up again what stopped, and setting aside what shall not go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.errors import UsageError
from footnoted.model.status import ItemKind
from footnoted.pipeline.alerts.store import resolve_alerts_of
from footnoted.pipeline.controls import store
from footnoted.pipeline.controls.reasons import REASONS, nearest_to
from footnoted.pipeline.controls.selection import Handled, Untouched
from footnoted.sources.follow import require_source
from footnoted.sources.transcriptions.store import take_up
from footnoted.sources.videos.store import notify_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.pipeline.controls.selection import Selection, Touched


async def retry(database: Database, selection: Selection, *, clock: Clock) -> Handled:
    """Take up again what `selection` means, each at the milestone it had reached.

    A named video that waits is woken. What is being worked on stays as it is. Page groups and
    sources are taken up by reason or all together. Raises UsageError when the selection is empty,
    or names a video or source that does not exist or a reason nothing ever stopped with; nothing
    is changed then.
    """
    if selection.is_empty:
        message = (
            "name videos, or say --reason CODE, --source ID or --all-failed; `footnoted status`"
            " shows them"
        )
        raise UsageError(message)
    now = clock.now()
    async with database.transaction() as session:
        before = await _existing(session, selection.video_ids)
        if selection.source_id is not None:
            await require_source(session, selection.source_id)
        if selection.reason is not None:
            await _require_reason(session, selection.reason)
        touched = await store.retry_videos(session, selection, now)
        woken = await store.wake_videos(session, selection.video_ids, now)
        if not selection.video_ids and selection.source_id is None:
            touched += await store.retry_page_groups(session, selection, now)
            touched += await store.retry_sources(session, selection, now)
        again = [item.id for item in touched if item.kind is ItemKind.VIDEO]
        await take_up(session, [*again, *woken], now)
        await resolve_alerts_of(session, _names(touched), now)
        await notify_work(session)
    done = {item.id for item in touched} | set(woken)
    left = [video_id for video_id in selection.video_ids if video_id not in done]
    return Handled(
        tuple(touched),
        tuple(woken),
        tuple(Untouched(video_id, _why_not(before[video_id], selection)) for video_id in left),
    )


async def cancel(database: Database, video_ids: Sequence[int], *, clock: Clock) -> Handled:
    """Set unfinished videos aside; whoever works on one loses it, and `retry` takes it up again.

    Raises UsageError when one does not exist; nothing is changed then.
    """
    return await _set_aside(database, video_ids, clock, finished_too=False)


async def keep(database: Database, video_ids: Sequence[int], *, clock: Clock) -> Handled:
    """Follow videos no longer, finished ones too, and keep everything that was made of them.

    Raises UsageError when one does not exist; nothing is changed then.
    """
    return await _set_aside(database, video_ids, clock, finished_too=True)


async def _set_aside(
    database: Database, video_ids: Sequence[int], clock: Clock, *, finished_too: bool
) -> Handled:
    now = clock.now()
    async with database.transaction() as session:
        before = await _existing(session, video_ids)
        touched = await store.cancel_videos(session, video_ids, now, finished_too=finished_too)
        await resolve_alerts_of(session, _names(touched), now)
        await notify_work(session)
    done = {item.id for item in touched}
    return Handled(
        tuple(touched),
        untouched=tuple(
            Untouched(video_id, f"it is {before[video_id]} already")
            for video_id in dict.fromkeys(video_ids)
            if video_id not in done
        ),
    )


async def _existing(session: AsyncConnection, video_ids: Sequence[int]) -> dict[int, str]:
    """Return the status of each video. Raises UsageError when one does not exist."""
    found = await store.statuses_of(session, video_ids)
    for video_id in video_ids:
        if video_id not in found:
            message = f"there is no video {video_id}; `footnoted status` names some"
            raise UsageError(message)
    return found


async def _require_reason(session: AsyncConnection, reason: str) -> None:
    """Raise UsageError for a reason that no release at work here ever wrote."""
    if reason in REASONS or await store.was_a_reason(session, reason):
        return
    near = nearest_to(reason)
    hint = f": did you mean {' or '.join(near)}?" if near else ";"
    message = (
        f"nothing waits for or stops with {reason!r}{hint} `footnoted status` shows those of what"
        " stopped, and docs/troubleshooting.md all of them"
    )
    raise UsageError(message)


def _names(touched: Sequence[Touched]) -> list[str]:
    return [f"{item.kind.replace('_', ' ')} {item.id}" for item in touched]


def _why_not(status: str, selection: Selection) -> str:
    if status in ("failed", "quarantined") and selection.reason is not None:
        return f"it did not stop with {selection.reason}"
    if status == "indexed":
        return "it is indexed: there is nothing to take up again"
    return f"it is {status} and due, or being worked on"
