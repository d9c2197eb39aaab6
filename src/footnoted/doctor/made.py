"""Checks of what was made and paid for: claims without evidence, calls without an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.doctor.check import CheckName, failure, ok, warning
from footnoted.pipeline.upkeep import store
from footnoted.pipeline.upkeep.upkeep import find_unsupported, give_up_calls, mend_pages

if TYPE_CHECKING:
    from footnoted.db.storage import Storage
    from footnoted.doctor.check import Check
    from footnoted.pipeline.upkeep.store import Lost
    from footnoted.pipeline.upkeep.upkeep import Unsupported


async def check_evidence(storage: Storage, *, fix: bool) -> Check:
    """Return whether all that is published has evidence; `footnoted verify` looks at the words.

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


async def check_calls(storage: Storage, *, fix: bool) -> Check:
    """Return whether calls wait for answers that will not come; with `fix`, they are given up."""
    fixed = None
    if fix and (count := await give_up_calls(storage.database, storage.clock)):
        fixed = f"{count} call(s) given up: counted at what was reserved for them"
    async with storage.database.transaction() as session:
        overdue = await store.overdue_calls(session, storage.clock.now())
        lost = await store.lost_calls(session)
    return judge_calls(overdue, lost).model_copy(update={"fixed": fixed})


def judge_calls(overdue: int, lost: Lost) -> Check:
    """Return what calls without an answer mean; of lost ones an alert of their own tells."""
    name = CheckName.CALLS
    if overdue:
        return warning(name, f"{overdue} call(s) were sent and should have been answered by now")
    if lost.calls:
        held = f"{lost.calls} lost answer(s) are counted at ${lost.held_usd}"
        return ok(name, f"no call is overdue; {held}")
    return ok(name, "every call that was sent was answered, or may still be")
