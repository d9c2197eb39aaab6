"""Checks of the search index against PostgreSQL: through the daemon where it has the index."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict

from footnoted.doctor.check import CheckName, State, failure, ok, warning
from footnoted.doctor.holder import describe_holder
from footnoted.errors import DependencyDownError, TransientError
from footnoted.fetch.daemon import ask_daemon
from footnoted.indexes import make_indexes
from footnoted.search.drain import OutboxDrainer
from footnoted.search.embedding.inspection import inspect, mend

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from footnoted.db.session import Database
    from footnoted.db.storage import Storage
    from footnoted.doctor.check import Check
    from footnoted.search.embedding.spec_indexes import SpecIndexes
    from footnoted.settings import Settings

LATE = timedelta(minutes=5)
"""An index that is further behind is not about to catch up by itself."""
_REPAIR_TIMEOUT_S = 3_600.0


class SpecLack(BaseModel):
    """Documents without vectors under a spec that serves, or that may be switched to."""

    model_config = ConfigDict(frozen=True)

    spec: str
    is_serving: bool
    documents: int
    oldest_at: datetime | None
    """Since when the oldest of them is there that never had any; None: all had, before."""


class IndexFacts(BaseModel):
    """How the indexes of all specs differ from PostgreSQL, in numbers."""

    model_config = ConfigDict(frozen=True)

    documents: int
    """How many documents PostgreSQL has."""
    missing: int
    """How many of them an index does not have, or not with all their vectors."""
    orphaned: int
    """How many an index has that PostgreSQL has not."""
    stale_spec: int
    """How many points carry the name of another spec than their index's."""
    mislabelled: int
    """How many points have labels, words or vectors that are not their documents'."""
    unmade: int
    """How many documents are noted as embedded, and PostgreSQL has not their vectors."""
    strays: int
    """How many vectors belong to no spec that is kept, or do not fit it."""
    waiting: int
    """How many changes wait to be applied."""
    oldest_at: datetime | None
    """Since when the oldest of them waits."""
    lacks: tuple[SpecLack, ...] = ()
    """What has no vectors yet; those that follow `unmade` are told here once they are noted."""


class IndexAccess(Protocol):
    """A way to the index, through whoever has it."""

    async def facts(self) -> IndexFacts:
        """Return how the index differs; raises TransientError or DependencyDownError."""
        ...

    async def mend(self) -> str:
        """Make the index what PostgreSQL says, and return what was done."""
        ...


class OwnIndex:
    """The index opened by this process."""

    def __init__(self, database: Database, indexes: SpecIndexes) -> None:
        """Compare `indexes` with `database`."""
        self._database = database
        self._indexes = indexes

    async def facts(self) -> IndexFacts:
        """Return how the index differs."""
        found = await inspect(self._database, self._indexes)
        return IndexFacts(
            documents=found.documents,
            missing=found.count("missing"),
            orphaned=found.count("orphaned"),
            stale_spec=found.count("stale_spec"),
            mislabelled=found.count("mislabelled"),
            unmade=sum(map(len, found.unmade.values())),
            strays=found.strays,
            waiting=found.lag.size,
            oldest_at=found.lag.oldest_at,
            lacks=tuple(
                SpecLack(
                    spec=one.spec.key,
                    is_serving=one.is_serving,
                    documents=one.documents,
                    oldest_at=one.oldest_at,
                )
                for one in found.lacks
            ),
        )

    async def mend(self) -> str:
        """Repair what differs, apply what waits, and return what was done."""
        found = await inspect(self._database, self._indexes)
        await mend(self._database, self._indexes, found)
        drained = await OutboxDrainer(self._database, self._indexes).drain_all()
        done = "rebuilt" if found.is_lost else "caught up"
        told = f"{found.count('missing')} missing, {found.count('orphaned')} orphaned"
        wrong = found.count("stale_spec") + found.count("mislabelled")
        labels = f", {wrong} mislabelled" if wrong else ""
        vectors = sum(map(len, found.unmade.values())) + found.strays
        made = f", {vectors} vector(s) forgotten" if vectors else ""
        applied = f"; {drained} change(s) applied" if drained else ""
        return f"{done}: {told}{labels}{made}{applied}"


class DaemonsIndex:
    """The index as the running daemon has it."""

    def __init__(self, settings: Settings) -> None:
        """Ask over the socket of `settings`."""
        self._socket_path = settings.socket_path

    async def facts(self) -> IndexFacts:
        """Return what the daemon says of its index."""
        answer = await ask_daemon(
            self._socket_path, "/api/v1/index/audit", timeout_s=_REPAIR_TIMEOUT_S
        )
        return IndexFacts.model_validate(_there(answer))

    async def mend(self) -> str:
        """Let the daemon repair its index, and return what it did."""
        answer = await ask_daemon(
            self._socket_path,
            "/api/v1/index/repair",
            method="POST",
            timeout_s=_REPAIR_TIMEOUT_S,
        )
        return str(_there(answer)["done"])


def _there(answer: dict[str, object] | None) -> dict[str, object]:
    if answer is None:
        message = "the daemon went away"
        raise DependencyDownError(message)
    return answer


@asynccontextmanager
async def index_access(storage: Storage, *, is_daemon_up: bool) -> AsyncGenerator[IndexAccess]:
    """Yield the way to the index that is open now."""
    if is_daemon_up and storage.settings.qdrant_url is None:
        yield DaemonsIndex(storage.settings)
        return
    index = make_indexes(storage)
    try:
        yield OwnIndex(storage.database, index)
    finally:
        await index.close()


async def check_index(storage: Storage, access: IndexAccess, *, fix: bool) -> list[Check]:
    """Return whether the index can be reached, has what it should, and keeps up."""
    fixed: str | None = None
    try:
        facts = await access.facts()
        checks = judge_index(facts, storage.clock.now())
        if fix and _is_to_be_mended(facts, storage.clock.now()):
            fixed = await access.mend()
            checks = judge_index(await access.facts(), storage.clock.now())
    except (TransientError, DependencyDownError) as error:
        return [failure(CheckName.INDEX_ACCESS, _why_away(storage.settings, error.message))]
    reached = ok(CheckName.INDEX_ACCESS, "the index answers")
    return [reached, checks[0].model_copy(update={"fixed": fixed}), *checks[1:]]


def _is_to_be_mended(facts: IndexFacts, now: datetime) -> bool:
    """Return whether anything is wrong that is not simply still to be made."""
    mendable = facts.model_copy(update={"lacks": ()})
    return any(check.state is not State.OK for check in judge_index(mendable, now))


def judge_index(facts: IndexFacts, now: datetime) -> tuple[Check, Check, Check, Check]:
    """Return what the numbers mean: content, labels, vectors, and how far it is behind."""
    return (
        _judge_content(facts),
        _judge_labels(facts),
        _judge_vectors(facts, now),
        _judge_lag(facts, now),
    )


def _judge_content(facts: IndexFacts) -> Check:
    name = CheckName.INDEX_CONTENT
    if facts.missing:
        text = f"{facts.missing:,} of {facts.documents:,} documents are missing in the index"
        return failure(name, f"{text}: they are not found until it is repaired (--fix, $0)")
    if facts.orphaned:
        text = f"the index has {facts.orphaned:,} documents that PostgreSQL has not"
        return warning(name, f"{text}; --fix removes them")
    return ok(name, f"the index has all {facts.documents:,} documents and no other")


def _judge_labels(facts: IndexFacts) -> Check:
    name = CheckName.INDEX_LABELS
    wrong = {
        "carry the name of another spec": facts.stale_spec,
        "have labels, words or vectors that are not their documents'": facts.mislabelled,
    }
    found = [f"{count:,} point(s) {what}" for what, count in wrong.items() if count]
    if found:
        return warning(name, f"{'; '.join(found)}: --fix writes them again, for $0")
    return ok(name, "every point is what its document gives")


def _judge_vectors(facts: IndexFacts, now: datetime) -> Check:
    name = CheckName.VECTORS
    if facts.unmade:
        text = f"the vectors of {facts.unmade:,} document(s) are lost or do not fit"
        return warning(name, f"{text}: --fix notes it, and they are made as those of new ones are")
    if facts.strays:
        text = f"{facts.strays:,} vector(s) belong to no spec that is kept, or do not fit it"
        return warning(name, f"{text}; --fix forgets them")
    serving = [one for one in facts.lacks if one.is_serving]
    since = serving[0].oldest_at if serving else None
    if since is not None and now - since > LATE:
        text = f"{_lack(serving[0], facts)}: they are found by words, or by older vectors"
        return warning(name, f"{text}; `footnoted embedding status` says what they wait for")
    told = [f"; {_lack(one, facts)}" for one in facts.lacks]
    return ok(name, f"every document that is noted as embedded has its vectors{''.join(told)}")


def _lack(one: SpecLack, facts: IndexFacts) -> str:
    which = "serves" if one.is_serving else "does not serve"
    count = f"{one.documents:,} of {facts.documents:,} documents"
    return f"{count} have none under {one.spec}, which {which}"


def _judge_lag(facts: IndexFacts, now: datetime) -> Check:
    name = CheckName.INDEX_LAG
    if facts.oldest_at is not None and now - facts.oldest_at > LATE:
        text = f"{facts.waiting:,} change(s) wait since {facts.oldest_at:%Y-%m-%d %H:%M} UTC"
        return warning(name, f"{text}; --fix applies them")
    return ok(name, f"{facts.waiting:,} change(s) wait to be indexed")


def _why_away(settings: Settings, message: str) -> str:
    lock = settings.index_dir / "index.lock"
    if settings.qdrant_url is None and "held by another process" in message:
        return (
            f"the index is held by {describe_holder(lock)}, which does not answer on"
            f" {settings.socket_path}: end it, then start the daemon"
        )
    return message
