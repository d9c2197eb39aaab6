"""Every class of damage, done to a real library at random: found to the row, repaired, and gone."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from footnoted.catalogue import readers_of
from footnoted.clock import SystemClock
from footnoted.doctor.indexing import OwnIndex
from footnoted.doctor.machine import check_leases, check_waits
from footnoted.doctor.made import check_calls, check_dangling, check_evidence
from footnoted.pipeline.flows import Flows
from footnoted.pipeline.upkeep.upkeep import Upkeep, find_dangling, mend_evidence
from footnoted.reprocess.single import remake_of
from footnoted.search.embedding.inspection import inspect, mend
from footnoted.search.port import Document

if TYPE_CHECKING:
    from footnoted.doctor.check import Check
    from footnoted.knowledge.audit.store import MomentSource
    from footnoted.search.embedding.inspection import Inspection
    from footnoted.search.embedding.spec import Spec
    from tests.fakes.house import House

FAULTS = ("missing", "orphaned", "stale_spec", "mislabelled")


@dataclass
class Vandal:
    """Damages a library at random, and remembers what it did, index by index."""

    house: House
    dice: random.Random
    done: dict[str, dict[str, set[UUID]]] = field(default_factory=dict[str, Any])
    spared: list[Document] = field(default_factory=list[Document])

    async def documents(self) -> None:
        """Choose no document twice, so that each damage is of one class."""
        rows = await self.house.rows("SELECT body FROM documents ORDER BY id")
        self.spared = [Document.model_validate(row[0]) for row in rows]
        self.dice.shuffle(self.spared)

    def some(self) -> list[Document]:
        """Return one or two documents that are well."""
        return [self.spared.pop() for _ in range(self.dice.randint(1, 2))]

    async def damage(self, spec: Spec) -> None:
        """Do every kind of damage to the index of one spec."""
        index: Any = self.house.worker.indexes.of(spec)
        noted = self.done.setdefault(spec.key, {})
        missing = [one.id for one in self.some()]
        await index.delete(missing)
        noted["missing"] = set(missing)
        ghosts = [one.model_copy(update={"id": uuid4()}) for one in self.some()]
        await index.upsert(ghosts)
        noted["orphaned"] = {one.id for one in ghosts}
        stale = self.some()
        right = index._layout
        index._layout = replace(right, spec="of-old")
        await index.upsert(stale)
        index._layout = right
        noted["stale_spec"] = {one.id for one in stale}
        noted["mislabelled"] = set()
        for wronged in self.some():
            kind = self.dice.choice(("owner", "words"))
            other = {"owner": {"creator": "Zed"}, "words": {"text": "quite another thing"}}[kind]
            await index.upsert([wronged.model_copy(update=other)])
            noted["mislabelled"].add(wronged.id)


def sets_of(found: Inspection) -> dict[str, dict[str, set[UUID]]]:
    """Return what was found, by spec and class."""
    return {
        one.spec.key: {fault: set(getattr(one, fault)) for fault in FAULTS} for one in found.indexes
    }


@pytest.mark.parametrize("seed", [1, 2])
async def test_damaged_points_are_found_to_the_id_and_written_again(
    house: House, seed: int
) -> None:
    """In the index that serves and in the one that follows; a second look finds nothing."""
    database, indexes = house.plant.database, house.worker.indexes
    assert (await inspect(database, indexes)).is_clean
    before = await house.content()
    vandal = Vandal(house, random.Random(seed))  # noqa: S311 - a test
    for row in await house.worker.specs():
        await vandal.documents()
        await vandal.damage(row.spec)
    assert await house.rows("SELECT * FROM index_outbox") == []
    found = await inspect(database, indexes)
    assert sets_of(found) == vandal.done
    await mend(database, indexes, found)
    await house.settle()
    assert (await inspect(database, indexes)).is_clean
    assert await house.content() == before


async def test_lost_and_misfit_vectors_are_made_again(house: House) -> None:
    """Named by document; those of no spec are forgotten; nothing else is bought."""
    database, indexes = house.plant.database, house.worker.indexes
    serving = (await house.worker.specs())[1]
    before, bought = await house.content(), await house.plant.bought()
    await house.rows(
        """DELETE FROM embeddings WHERE (channel_sha256, text_sha256) IN
           (SELECT channel_sha256, text_sha256 FROM embeddings ORDER BY text_sha256 LIMIT 1)
           RETURNING 1"""
    )
    await house.rows(
        """UPDATE embeddings SET vector = '\\x00000000' WHERE (channel_sha256, text_sha256) IN
           (SELECT channel_sha256, text_sha256 FROM embeddings ORDER BY text_sha256 DESC LIMIT 1)
           RETURNING 1"""
    )
    await house.rows(
        """INSERT INTO embeddings (channel_sha256, text_sha256, vector)
           VALUES ('of no spec', 'x', '\\x00000000') RETURNING 1"""
    )
    found = await inspect(database, indexes)
    assert (found.strays, set(found.unmade)) == (2, {serving.sha256})
    lost = found.unmade[serving.sha256]
    assert lost
    await mend(database, indexes, found)
    await house.settle()
    assert (await inspect(database, indexes)).is_clean
    assert await house.content() == before
    assert 0 < await house.plant.bought() - bought <= 2


async def test_every_other_class_is_found_repaired_and_not_found_again(house: House) -> None:
    """Evidence, pages, leases, calls, waits: by number and by name, then made as it was for $0."""
    before, bought = await house.content(), await house.plant.bought()
    dice = random.Random(3)  # noqa: S311 - a test
    videos = [int(str(row[0])) for row in await house.rows("SELECT id FROM videos ORDER BY id")]
    bread, *others = videos
    dice.shuffle(others)
    videos = [bread, *others]
    wronged = {
        "its cues do not exist": "last_cue = last_cue + 1000",
        "it is called exact and is not word for word": "quote = 'never salt any bread dough'",
        "it is rejected, and a moment rests on it": """match = 'rejected', first_cue = NULL,
          last_cue = NULL, start_ms = NULL, end_ms = NULL, text = NULL""",
    }
    dangling: set[tuple[object, ...]] = set()
    for why, change in wronged.items():
        rows = await house.rows(
            f"""UPDATE evidence SET {change} WHERE id IN (
                 SELECT id FROM evidence WHERE video_id = :video AND match = 'exact'
                   AND last_cue < 1000 AND quote <> 'never salt any bread dough'
                 ORDER BY id LIMIT 1) RETURNING id, video_id""",  # noqa: S608 - a constant
            video=bread,
        )
        dangling |= {(*row, why) for row in rows}
    assert len(dangling) == len(wronged)
    await house.rows(
        """DELETE FROM claim_evidence WHERE claim_id IN (
             SELECT ce.claim_id FROM claim_evidence ce JOIN evidence e ON e.id = ce.evidence_id
             WHERE e.video_id = :video ORDER BY 1 LIMIT 1) RETURNING 1""",
        video=videos[1],
    )
    await house.rows(
        """UPDATE videos SET status = 'classified', wait_reason = 'index',
             not_before = now() - interval '1 hour' WHERE id = :id RETURNING 1""",
        id=videos[2],
    )
    await house.rows(
        """UPDATE videos SET status = 'classified', lease_owner = gen_random_uuid(),
             lease_expires_at = now() - interval '1 hour' WHERE id = :id RETURNING 1""",
        id=videos[3],
    )
    await house.rows(
        """INSERT INTO llm_calls (request_sha256, item_kind, item_id, stage, label, model,
             prompt_sha256, state, reserved_usd, sent_at, deadline_at)
           SELECT 'lost ' || n, 'video', :id, 'extract', '', 'dear', '',
             CASE WHEN n < 3 THEN 'sent' ELSE 'reserved' END, 0, now(),
             now() - interval '1 hour' FROM generate_series(1, 3) n RETURNING 1""",
        id=videos[2],
    )
    faults = await find_dangling(house.plant.database, moments_of(house))
    assert {(one.id, one.video_id, one.why) for one in faults} == dangling
    found = await look(house, fix=False)
    assert {name: check.state.value for name, check in found.items()} == {
        "leases": "warning",
        "waits": "warning",
        "dangling_evidence": "failure",
        "evidence": "failure",
        "calls": "warning",
    }
    numbers = ("1 item(s) are held", "1 item(s) sleep", "3 piece(s) of evidence")
    names = ("leases", "waits", "dangling_evidence")
    for name, number in zip(names, numbers, strict=True):
        assert number in found[name].explanation
    assert "2 call(s) were sent" in found["calls"].explanation
    assert "1 call(s) hold money and were never sent" in found["calls"].explanation
    repaired = await look(house, fix=True)
    assert {check.state.value for check in repaired.values()} == {"ok"}
    assert all(check.fixed for check in repaired.values())
    await house.settle()
    again = await look(house, fix=True)
    assert {(check.state.value, check.fixed) for check in again.values()} == {("ok", None)}
    assert await house.content() == before
    assert await house.plant.bought() - bought == 3  # the lost calls themselves


def moments_of(house: House) -> list[MomentSource]:
    """Return what reads the live moments of each profile."""
    return [readers.live for readers in readers_of(house.storage.settings).values()]


async def look(house: House, *, fix: bool) -> dict[str, Check]:
    """Return the checks of items, evidence and calls, by name."""
    storage, remake = house.storage, remake_of(house.plant.idle_deps())
    checks = [
        await check_leases(storage, is_daemon_up=False, fix=fix),
        await check_waits(storage, fix=fix),
        await check_dangling(storage, remake if fix else None),
        await check_evidence(storage, fix=fix),
        await check_calls(storage, is_daemon_up=False, fix=fix),
    ]
    return {check.name.value: check for check in checks}


async def test_a_daemon_puts_right_by_itself_what_doctor_would(house: House) -> None:
    """Points, evidence and pages at one look; and the next is due a day later only.

    Evidence that nothing would make again is left, and so is what came back with the same fault.
    """
    database, indexes = house.plant.database, house.worker.indexes
    before = await house.content()
    vandal = Vandal(house, random.Random(4))  # noqa: S311 - a test
    await vandal.documents()
    await vandal.damage((await house.worker.specs())[1].spec)
    await house.rows("UPDATE evidence SET quote = 'nobody said that' RETURNING 1")
    remake = remake_of(house.plant.idle_deps())
    moments = moments_of(house)
    upkeep = Upkeep(database, SystemClock(), remake, indexes=indexes, moments=moments)
    await upkeep.look()
    await house.settle()
    assert (await inspect(database, indexes)).is_clean
    assert await house.content() == before
    await indexes.of((await house.worker.specs())[1].spec).delete([vandal.spared[0].id])
    await upkeep.look()
    facts = await OwnIndex(database, indexes).facts()
    assert (facts.missing, facts.orphaned, facts.mislabelled) == (1, 0, 0)
    bread, loaf, kick, room = (
        int(str(row[0])) for row in await house.rows("SELECT id FROM videos ORDER BY id")
    )
    await house.rows("UPDATE evidence SET quote = 'nobody said that' RETURNING 1")
    longer = "UPDATE evidence SET last_cue = last_cue + 1000 WHERE video_id = ANY(:ids) RETURNING 1"
    await house.rows(longer, ids=[bread, kick])
    await house.rows(
        """UPDATE videos SET status = CASE WHEN id = :bread THEN 'cancelled' ELSE 'classified' END
           WHERE id IN (:bread, :kick) RETURNING 1""",
        bread=bread,
        kick=kick,
    )
    evidence = "SELECT id FROM evidence WHERE video_id <> :kick ORDER BY id"
    kept = await house.rows(evidence, kick=kick)
    mended = await mend_evidence(database, SystemClock(), remake, moments)
    assert {one.video_id for one in mended.faults} == {kick}
    assert mended.left[bread] == f"it is cancelled: `footnoted retry {bread}` takes it up again"
    fresh = [f"`footnoted clean {one} --fresh`" in mended.left[one] for one in (loaf, room)]
    assert (sorted(mended.left), fresh) == ([bread, loaf, room], [True, True])
    assert await house.rows(evidence, kick=kick) == kept
    told = (await look(house, fix=True))["dangling_evidence"]
    assert (told.state.value, told.fixed) == ("failure", None)
    assert f"3 video(s) are left as they are; video {bread}: it is cancelled" in told.explanation
    unloaded = remake_of(replace(house.plant.idle_deps(), flows=Flows(())))
    left = (await mend_evidence(database, SystemClock(), unloaded, moments)).left
    assert all("is not in use" in why for why in left.values())
    assert await house.rows(evidence, kick=kick) == kept
    await house.plant.drain()
    assert await house.rows(
        "SELECT v.status, count(e.id) > 0 FROM videos v JOIN evidence e ON e.video_id = v.id"
        " WHERE v.id = :kick GROUP BY v.id",
        kick=kick,
    ) == [("indexed", True)]
