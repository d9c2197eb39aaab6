"""The check of the profiles: whether each is sound, and whether each video has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.app import profile_making
from footnoted.catalogue import installed_profiles, profile_names, resource_roots
from footnoted.clock import SystemClock
from footnoted.doctor import store
from footnoted.doctor.check import CheckName, failure, ok, warning
from footnoted.indexes import make_index
from footnoted.llm.assembly import EXTRACTIVE
from footnoted.pipeline.reports.store import broken_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.db.storage import Storage
    from footnoted.doctor.check import Check
    from footnoted.doctor.store import Parked
    from footnoted.pipeline.reports.report import BrokenLine
    from footnoted.settings import Settings


def broken_profiles(settings: Settings) -> dict[str, str]:
    """Return the profiles that no daemon starts with, and why of each.

    Without a folder of the user's there are only those that ship, which are sound.
    """
    if settings.user_dir is None:
        return {}
    making = profile_making(
        settings, make_index(settings), SystemClock(), lambda _stage, _profile: EXTRACTIVE
    )
    _, broken = installed_profiles(resource_roots(settings)).made(making)
    return {one.name: one.fault for one in broken}


async def check_profiles(storage: Storage) -> Check:
    """Return whether every profile is sound, and whether every unfinished video has one that is."""
    broken = broken_profiles(storage.settings)
    async with storage.database.transaction() as session:
        parked = await store.parked_videos(session, profile_names(storage.settings))
        return judge_profiles(await broken_lines(session, broken), parked)


def judge_profiles(broken: Sequence[BrokenLine], parked: Sequence[Parked]) -> Check:
    """Return what broken profiles and parked videos mean."""
    if broken:
        return failure(CheckName.PROFILES, "; ".join(line.sentence for line in broken))
    if not parked:
        return ok(CheckName.PROFILES, "every unfinished video is of an installed profile")
    named = ", ".join(f"{one.videos} of {one.profile!r}" for one in parked)
    text = f"videos of profiles that are not installed are parked: {named}"
    return warning(CheckName.PROFILES, text)
