"""Checks of what was made and paid for: claims without evidence, calls without an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.catalogue import readers_of
from footnoted.db.locks import DaemonLock
from footnoted.doctor.check import CheckName, failure, ok, warning
from footnoted.errors import LockHeldError
from footnoted.ledger.store import release_orphans
from footnoted.pipeline.upkeep import store
from footnoted.pipeline.upkeep.upkeep import (
    find_dangling,
    find_unsupported,
    give_up_calls,
    mend_evidence,
    mend_pages,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.db.storage import Storage
    from footnoted.doctor.check import Check
    from footnoted.knowledge.verify import Fault
    from footnoted.pipeline.upkeep.store import Lost
    from footnoted.pipeline.upkeep.upkeep import Remake, Unsupported

_NAMED = 10
"""How many videos a sentence names."""


async def check_dangling(storage: Storage, remake: Remake | None) -> Check:
    """Return whether all evidence names cues that exist, and was said there, as `verify` looks.

    With `remake`, what was not goes, and its videos are made again as the journal answers; of
    those that nothing would make again it stays, and the sentence names why.
    """
    moments = [readers.live for readers in readers_of(storage.settings).values()]
    found = await find_dangling(storage.database, moments)
    if remake is None or not found:
        return judge_dangling(found)
    mended = await mend_evidence(storage.database, storage.clock, remake, moments)
    again = judge_dangling(await find_dangling(storage.database, moments), mended.left)
    videos = len({one.video_id for one in mended.faults})
    done = f"{len(mended.faults)} piece(s) of evidence deleted; {videos} video(s) are made again"
    return again.model_copy(update={"fixed": done if mended.faults else None})


def judge_dangling(found: Sequence[Fault], left: Mapping[int, str] | None = None) -> Check:
    """Return what evidence that cannot be heard where it says means; `left` is not mended, why."""
    name = CheckName.DANGLING_EVIDENCE
    if not found:
        return ok(name, "all evidence names cues that exist, and was said there")
    if lies := [one for one in found if not one.is_in_link]:
        text = f"{len(lies)} piece(s) of evidence cannot be heard where they say, {_where(lies)}"
        if left:
            told = "; ".join(f"video {key}: {why}" for key, why in sorted(left.items())[:_NAMED])
            return failure(name, f"{text}: {len(left)} video(s) are left as they are; {told}")
        return failure(name, f"{text}: --fix has them made again, as far as the journal answers")
    text = f"{len(found)} link(s) to evidence open at another second, {_where(found)}"
    return warning(name, f"{text}: the address of the recording has a time of its own")


def _where(found: Sequence[Fault]) -> str:
    videos = ", ".join(map(str, sorted({one.video_id for one in found})[:_NAMED]))
    return f"in video {videos} (the first: {found[0].why})"


async def check_evidence(storage: Storage, *, fix: bool) -> Check:
    """Return whether all that is published has evidence.

    With `fix`, claims without are taken off their pages, which are composed anew.
    """
    found = judge_support(await find_unsupported(storage.database))
    if not fix or found.state == "ok":
        return found
    mended = await mend_pages(storage.database, storage.clock)
    again = judge_support(await find_unsupported(storage.database))
    done = f"{mended.claims} claim(s) taken back; {mended.pages} page(s) are composed anew"
    return again.model_copy(update={"fixed": done})


def judge_support(found: Unsupported) -> Check:
    """Return what published pages without support mean."""
    if not found.pages:
        return ok(CheckName.EVIDENCE, "every published claim has evidence")
    text = f"{found.pages} published page(s) have no claim, or {found.claims} without evidence"
    return failure(CheckName.EVIDENCE, f"{text}; `footnoted verify` names them")


async def check_calls(storage: Storage, *, is_daemon_up: bool, fix: bool) -> Check:
    """Return whether calls wait for answers that will not come, or hold money and were never sent.

    With `fix`, the first are given up and the others released.
    """
    fixed = "; ".join(await _end_calls(storage)) if fix else ""
    async with storage.database.transaction() as session:
        overdue = await store.overdue_calls(session, storage.clock.now())
        unsent = 0 if is_daemon_up else await store.unsent_calls(session)
        lost = await store.lost_calls(session)
    return judge_calls(overdue, unsent, lost).model_copy(update={"fixed": fixed or None})


async def _end_calls(storage: Storage) -> list[str]:
    """End the calls that nobody waits for; return what was done."""
    done: list[str] = []
    if count := await give_up_calls(storage.database, storage.clock):
        done.append(f"{count} call(s) given up: counted at what was reserved for them")
    lock = DaemonLock(storage.url)
    try:
        await lock.acquire()
        async with storage.database.transaction() as session:
            if count := await release_orphans(session, ()):
                done.append(f"{count} call(s) released: they were never sent")
    except LockHeldError:  # whoever holds it may be about to send them
        pass
    finally:
        await lock.release()
    return done


def judge_calls(overdue: int, unsent: int, lost: Lost) -> Check:
    """Return what calls without an answer mean; of lost ones an alert of their own tells."""
    name = CheckName.CALLS
    found = {"were sent and should have been answered by now": overdue}
    found["hold money and were never sent: their process is gone"] = unsent
    if told := [f"{count} call(s) {what}" for what, count in found.items() if count]:
        return warning(name, "; ".join(told))
    if lost.calls:
        held = f"{lost.calls} lost answer(s) are counted at ${lost.held_usd}"
        return ok(name, f"no call is overdue; {held}")
    return ok(name, "every call that was sent was answered, or may still be")
