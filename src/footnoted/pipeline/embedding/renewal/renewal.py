"""Which vectors a person wants anew, and what that comes to before any is made.

Vectors are known by their model and their text, so what is there is what would be made: without
`force` only what is missing is made. `force` forgets the vectors of the texts in scope, for a model
that answers otherwise under its old name. A text that a document out of scope has too is left as it
is: nothing of another owner changes. Searches go on with the points there are. Nothing is made for
a spec that is retired, so nothing of it is renewed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from footnoted.errors import UsageError
from footnoted.pipeline.embedding.renewal import store
from footnoted.search import store as documents
from footnoted.search.embedding import store as vectors
from footnoted.search.embedding.recipes import RECIPES
from footnoted.search.embedding.rows import SpecState
from footnoted.search.embedding.stored_vectors import hashes_of
from footnoted.search.walk import every_document

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.db.session import Database
    from footnoted.search.embedding.recipes import Recipes
    from footnoted.search.embedding.spec import Spec

_NOTHING = vectors.Kept(None)


class VectorReach(StrEnum):
    """Whose vectors: of some videos, of an owner's, or of everything, pages too."""

    VIDEO = "video"
    OWNER = "owner"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class VectorScope:
    """What to look at; `since` leaves out what was taken in before, `force` what is there already.

    Without `force` what is there is kept.
    """

    reach: VectorReach
    video_ids: tuple[int, ...] = ()
    owner: str | None = None
    since: datetime | None = None
    force: bool = False

    def check(self) -> None:
        """Raise UsageError where reach and arguments do not fit."""
        if (self.reach is VectorReach.VIDEO) != bool(self.video_ids):
            message = "--scope video and --video belong together: name the videos by id"
            raise UsageError(message)
        if (self.reach is VectorReach.OWNER) != (self.owner is not None):
            message = "--scope owner and --owner belong together: name one owner"
            raise UsageError(message)


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a scope comes to, in documents.

    `total` is the sum of `kept` (they have their vectors, and keep them), `shared` (would be made
    anew, but documents out of scope have the same texts) and `wanted` (their vectors are made).
    """

    total: int
    kept: int
    shared: int
    wanted: frozenset[UUID]


async def renew(
    database: Database, spec: Spec, scope: VectorScope, recipes: Recipes = RECIPES
) -> Renewal:
    """Have the vectors of a scope made, and return what that comes to; whoever makes them buys.

    Raises UsageError for arguments that do not fit, for videos and owners that are not there, and
    for a spec that nothing is made for.
    """
    scope.check()
    async with database.transaction() as session:
        await _check_there(session, scope)
        await _check_made_for(session, spec)
        meant = await store.meant_documents(session, scope.video_ids, scope.owner, scope.since)
    texts = await _texts(database, spec, meant, recipes)
    shared = meant - texts.own if scope.force else set[Any]()
    async with database.transaction() as session:
        await _check_made_for(session, spec)
        if scope.force:
            for channel in spec.dense:
                hashes = texts.inside[channel.sha256] - texts.outside[channel.sha256]
                await store.forget_vectors(session, channel.sha256, hashes)
            for row in await vectors.specs(session):
                if row.shares(spec):
                    await vectors.forget_made(session, row.sha256, texts.own)
        noted = await vectors.noted_embedded(session, spec.sha256, meant)
    wanted = frozenset(meant - noted)
    kept = len(meant - wanted - shared)
    return Renewal(len(meant), kept, len(shared - wanted), wanted)


async def _check_there(session: AsyncConnection, scope: VectorScope) -> None:
    if missing := await store.missing_videos(session, scope.video_ids):
        message = f"there is no video {', '.join(map(str, missing))}"
        raise UsageError(message)
    if scope.owner is not None and not await store.has_owner(session, scope.owner):
        message = f"there is no owner {scope.owner!r}"
        raise UsageError(message)


async def _check_made_for(session: AsyncConnection, spec: Spec) -> None:
    states = {row.sha256: row.state for row in await vectors.specs(session)}
    state = states.get(spec.sha256, SpecState.DROPPED)
    if state is SpecState.DROPPED:
        message = f"{spec.key} is not built: `footnoted embedding build` builds all of it"
        raise UsageError(message)
    if state is SpecState.RETIRED:
        message = (
            f"{spec.key} is retired, and nothing is made for it: `footnoted embedding build` makes"
            " what it lacks and lets it serve again; renew it then"
        )
        raise UsageError(message)


@dataclass(frozen=True, slots=True)
class Renewed:
    """What came of a renewal, in documents.

    `total` is the sum of `processed` (made now), `skipped` (left as they are, `shared` ones too),
    `failed` (the embedder refuses one of their texts) and `waiting`.
    """

    total: int
    processed: int
    skipped: int
    failed: int
    waiting: int
    shared: int


async def outcome_of(
    database: Database, spec: Spec, renewal: Renewal, recipes: Recipes = RECIPES
) -> Renewed:
    """Return what has come of a renewal by now."""
    async with database.transaction() as session:
        made = await vectors.noted_embedded(session, spec.sha256, renewal.wanted)
        found = await documents.documents_by_id(session, made)
        held = [stored.document for stored in found.values()]
        refused: set[UUID] = set()
        for channel in spec.dense:
            hashes = hashes_of(held, channel, recipes)
            known = await vectors.kept(session, channel.sha256, set(hashes.values()))
            refused |= {
                one for one, sha256 in hashes.items() if known.get(sha256, _NOTHING).refusal
            }
    return Renewed(
        total=renewal.total,
        processed=len(made - refused),
        skipped=renewal.kept + renewal.shared,
        failed=len(refused),
        waiting=len(renewal.wanted) - len(made),
        shared=renewal.shared,
    )


@dataclass(frozen=True, slots=True)
class _Texts:
    """The texts of a scope and of all else by channel, and which documents have one of their own.

    A text is one's own that no document out of scope has.
    """

    inside: defaultdict[str, set[str]]
    outside: defaultdict[str, set[str]]
    own: set[UUID]


async def _texts(database: Database, spec: Spec, meant: set[UUID], recipes: Recipes) -> _Texts:
    inside: defaultdict[str, set[str]] = defaultdict(set)
    outside: defaultdict[str, set[str]] = defaultdict(set)
    by_document: defaultdict[UUID, set[tuple[str, str]]] = defaultdict(set)
    async for batch in every_document(database):
        held = [stored.document for stored in batch]
        for channel in spec.dense:
            for document_id, sha256 in hashes_of(held, channel, recipes).items():
                (inside if document_id in meant else outside)[channel.sha256].add(sha256)
                if document_id in meant:
                    by_document[document_id].add((channel.sha256, sha256))
    own = {
        document_id
        for document_id, texts in by_document.items()
        if any(sha256 not in outside[made_by] for made_by, sha256 in texts)
    }
    return _Texts(inside, outside, own)
