"""The SQL of embedding: specs and their states, vectors, and which documents have theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import Text, Uuid

from footnoted.db.tables import documents, embedded_documents, embedding_specs, embeddings
from footnoted.search.embedding.packing import pack, unpack
from footnoted.search.embedding.rows import Parity, SpecRow, SpecState
from footnoted.search.embedding.spec import Spec
from footnoted.search.port import Document
from footnoted.search.store import StoredDocument

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

_LEASE = timedelta(seconds=120)
_NUMBER_BYTES = 4
"""What a number of a packed vector takes."""
_SPECS = embedding_specs.c


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a text: its vector, or why it has none."""

    vector: tuple[float, ...] | None
    refusal: str | None = None


async def specs(session: AsyncConnection) -> list[SpecRow]:
    """Return every spec there ever was, oldest first."""
    rows = await session.execute(select(embedding_specs).order_by(_SPECS.created_at, _SPECS.sha256))
    return [_row(row) for row in rows]


async def begin(session: AsyncConnection, spec: Spec, state: SpecState, now: datetime) -> None:
    """Write a spec down as `state`; one that was dropped or left begins anew, with what it has."""
    fresh = {
        "spec": spec.model_dump(mode="json"),
        "state": state,
        "created_at": now,
        "parity": None,
        "served_at": now if state is SpecState.SERVING else None,
        "retired_at": None,
        "dropped_at": None,
        "wait_reason": None,
        "wait_detail": None,
        "not_before": None,
    }
    statement = upsert(embedding_specs).values(sha256=spec.sha256, **fresh)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[_SPECS.sha256],
            set_=fresh,
            where=_SPECS.state.in_([SpecState.DROPPED, SpecState.RETIRED]),
        )
    )


async def let_switch(session: AsyncConnection, sha256: str, *, switches: bool) -> None:
    """Say whether a spec that does not serve yet is to serve as soon as it may."""
    is_coming = _SPECS.state.in_([SpecState.BUILDING, SpecState.READY])
    await session.execute(
        update(embedding_specs).where(_SPECS.sha256 == sha256, is_coming).values(switches=switches)
    )


async def note_filled(session: AsyncConnection, sha256: str, at: datetime | None) -> None:
    """Note that an index has every document and gets every change from now on; None: it has not."""
    await _update(session, sha256, filled_at=at)


async def note_ready(session: AsyncConnection, sha256: str, parity: Parity) -> None:
    """Note that a built index is equal to what it stands beside."""
    found = parity.model_dump(mode="json")
    is_building = _SPECS.state.in_([SpecState.BUILDING, SpecState.READY])
    await session.execute(
        update(embedding_specs)
        .where(_SPECS.sha256 == sha256, is_building)
        .values(state=SpecState.READY, parity=found)
    )


async def note_wait(
    session: AsyncConnection, sha256: str, reason: str, detail: str, until: datetime
) -> None:
    """Note what the embedding of a spec waits for."""
    await _update(session, sha256, wait_reason=reason, wait_detail=detail, not_before=until)


async def end_wait(session: AsyncConnection, sha256: str) -> None:
    """Note that it goes on."""
    await _update(session, sha256, wait_reason=None, wait_detail=None, not_before=None)


async def switch(session: AsyncConnection, sha256: str, now: datetime) -> bool:
    """Let a spec serve in the place of the one that does; return whether it may and now does.

    It must be whole, and ready or retired. Both rows change in one transaction.
    """
    await session.execute(select(_SPECS.sha256).order_by(_SPECS.sha256).with_for_update())
    may_serve = and_(
        _SPECS.sha256 == sha256,
        _SPECS.state.in_([SpecState.READY, SpecState.RETIRED]),
        _SPECS.filled_at.is_not(None),
    )
    if await session.scalar(select(_SPECS.sha256).where(may_serve)) is None:
        return False
    await session.execute(
        update(embedding_specs)
        .where(_SPECS.state == SpecState.SERVING)
        .values(state=SpecState.RETIRED, retired_at=now, switches=False)
    )
    await _update(session, sha256, state=SpecState.SERVING, served_at=now, switches=False)
    return True


async def drop(session: AsyncConnection, sha256: str, now: datetime) -> bool:
    """Drop a spec that doesn't serve, with the vectors nobody else needs; return whether it was."""
    dropped = await session.execute(
        update(embedding_specs)
        .where(
            _SPECS.sha256 == sha256,
            _SPECS.state.not_in([SpecState.SERVING, SpecState.DROPPED]),
        )
        .values(
            state=SpecState.DROPPED,
            dropped_at=now,
            filled_at=None,
            switches=False,
            wait_reason=None,
            wait_detail=None,
            not_before=None,
        )
    )
    if not dropped.rowcount:
        return False
    await session.execute(
        delete(embedded_documents).where(embedded_documents.c.spec_sha256 == sha256)
    )
    live = [row for row in await specs(session) if row.state is not SpecState.DROPPED]
    kept = [channel.sha256 for row in live for channel in row.spec.dense]
    await session.execute(delete(embeddings).where(embeddings.c.channel_sha256.not_in(kept)))
    return True


async def take_lease(session: AsyncConnection, sha256: str, owner: UUID, now: datetime) -> bool:
    """Return whether `owner` may work on a spec for the next two minutes; nobody else may then."""
    is_free = or_(_SPECS.lease_owner == owner, _SPECS.lease_owner.is_(None))
    taken = await session.execute(
        update(embedding_specs)
        .where(_SPECS.sha256 == sha256, or_(is_free, _SPECS.lease_expires_at <= now))
        .values(lease_owner=owner, lease_expires_at=now + _LEASE)
    )
    return bool(taken.rowcount)


async def is_worked_on(session: AsyncConnection, sha256: str) -> bool:
    """Return whether somebody works on a spec."""
    owner = select(_SPECS.lease_owner).where(_SPECS.sha256 == sha256)
    return await session.scalar(owner) is not None


async def end_leases(session: AsyncConnection, owner: UUID | None = None) -> None:
    """Let others work on what `owner` worked on; on everything, when all owners are dead."""
    statement = update(embedding_specs).values(lease_owner=None, lease_expires_at=None)
    if owner is not None:
        statement = statement.where(_SPECS.lease_owner == owner)
    await session.execute(statement)


async def unembedded(session: AsyncConnection, sha256: str, *, limit: int) -> list[StoredDocument]:
    """Return documents without all their vectors under a spec as they are now, by owner."""
    rows = await session.execute(
        select(documents.c.content_sha256, documents.c.body)
        .where(_lacks(sha256))
        .order_by(documents.c.video_id.nulls_last(), documents.c.id)
        .limit(limit)
    )
    return [StoredDocument(Document.model_validate(row.body), row.content_sha256) for row in rows]


async def count_unembedded(session: AsyncConnection, sha256: str) -> int:
    """Return how many documents have not all their vectors under a spec as they are now."""
    statement = select(func.count()).select_from(documents).where(_lacks(sha256))
    return await session.scalar(statement) or 0


async def oldest_unembedded(session: AsyncConnection, sha256: str) -> datetime | None:
    """Return when the oldest document was stored that never had its vectors; None: all had.

    Of one that was written anew nothing tells since when it lacks those of what it says now.
    """
    noted = embedded_documents.c
    had = select(noted.document_id).where(noted.spec_sha256 == sha256)
    statement = select(func.min(documents.c.created_at)).where(documents.c.id.not_in(had))
    oldest_at: datetime | None = await session.scalar(statement)
    return oldest_at


async def note_embedded(
    session: AsyncConnection, sha256: str, stored: Sequence[StoredDocument]
) -> None:
    """Note that these documents, where they still exist, have all their vectors under a spec."""
    if not stored:
        return
    there = await session.scalars(
        select(documents.c.id)
        .where(documents.c.id.in_([one.document.id for one in stored]))
        .order_by(documents.c.id)
        .with_for_update(key_share=True)
    )
    by_id = {one.document.id: one.content_sha256 for one in stored}
    rows = [
        {"spec_sha256": sha256, "document_id": found, "content_sha256": by_id[found]}
        for found in there
    ]
    if not rows:
        return
    statement = upsert(embedded_documents).values(rows)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["spec_sha256", "document_id"],
            set_={"content_sha256": statement.excluded.content_sha256},
        )
    )


async def kept(
    session: AsyncConnection, channel_sha256: str, text_sha256s: Collection[str]
) -> dict[str, Kept]:
    """Return what is known of texts in a channel, by their hashes."""
    hashes = bindparam("hashes", list(text_sha256s), type_=ARRAY(Text))
    rows = await session.execute(
        select(embeddings.c.text_sha256, embeddings.c.vector, embeddings.c.refusal)
        .where(
            embeddings.c.channel_sha256 == channel_sha256,
            embeddings.c.text_sha256 == func.any(hashes),
        )
        .order_by(embeddings.c.text_sha256)
    )
    return {
        row.text_sha256: Kept(None if row.vector is None else unpack(row.vector), row.refusal)
        for row in rows
    }


async def keep(
    session: AsyncConnection, channel_sha256: str, vectors: Mapping[str, Sequence[float]]
) -> None:
    """Keep vectors by the hashes of their texts; what is kept already stays as it is."""
    rows = [
        {"channel_sha256": channel_sha256, "text_sha256": sha256, "vector": pack(vector)}
        for sha256, vector in sorted(vectors.items())
    ]
    if rows:
        await session.execute(upsert(embeddings).values(rows).on_conflict_do_nothing())


async def refuse(session: AsyncConnection, channel_sha256: str, text_sha256: str, why: str) -> None:
    """Remember that a text has no vector in a channel, and why."""
    row = {"channel_sha256": channel_sha256, "text_sha256": text_sha256, "refusal": why}
    await session.execute(upsert(embeddings).values(row).on_conflict_do_nothing())


async def count_refused(session: AsyncConnection, channel_sha256: str) -> int:
    """Return how many texts have no vector in a channel because its embedder refused them."""
    refused = embeddings.c.refusal.is_not(None)
    statement = (
        select(func.count())
        .select_from(embeddings)
        .where(embeddings.c.channel_sha256 == channel_sha256, refused)
    )
    return await session.scalar(statement) or 0


async def sample(session: AsyncConnection, *, limit: int) -> list[Document]:
    """Return documents from all over the library, the same ones as long as it is the same."""
    rows = await session.execute(
        select(documents.c.body).order_by(func.md5(documents.c.content_sha256)).limit(limit)
    )
    return [Document.model_validate(row.body) for row in rows]


async def noted_embedded(
    session: AsyncConnection, sha256: str, document_ids: Collection[UUID]
) -> set[UUID]:
    """Return which of the documents are noted to have all their vectors as they are now."""
    ids = bindparam("ids", list(document_ids), type_=ARRAY(Uuid))
    found = select(documents.c.id).where(documents.c.id == func.any(ids), ~_lacks(sha256))
    return set(await session.scalars(found.order_by(documents.c.id)))


async def forget_made(
    session: AsyncConnection, sha256: str, document_ids: Collection[UUID]
) -> None:
    """Note that these documents do not have their vectors under a spec: they are made again."""
    ids = bindparam("ids", list(document_ids), type_=ARRAY(Uuid))
    noted = embedded_documents.c
    await session.execute(
        delete(embedded_documents).where(
            noted.spec_sha256 == sha256, noted.document_id == func.any(ids)
        )
    )


async def count_strays(session: AsyncConnection) -> int:
    """Return how many vectors belong to no spec that is kept, or do not fit their channel."""
    strays = await _strays(session)
    return await session.scalar(select(func.count()).select_from(embeddings).where(strays)) or 0


async def forget_strays(session: AsyncConnection) -> None:
    """Forget the vectors that `count_strays` counts."""
    await session.execute(delete(embeddings).where(await _strays(session)))


async def _strays(session: AsyncConnection) -> ColumnElement[bool]:
    live = [row for row in await specs(session) if row.state is not SpecState.DROPPED]
    channels = {one.sha256: one.dimensions or 0 for row in live for one in row.spec.dense}
    of_none = embeddings.c.channel_sha256.not_in(list(channels))
    misfits = [
        and_(embeddings.c.channel_sha256 == sha256, func.octet_length(embeddings.c.vector) != size)
        for sha256, size in ((one, _NUMBER_BYTES * count) for one, count in channels.items())
    ]
    return or_(of_none, *misfits)


async def forget_answer(session: AsyncConnection, call_id: int) -> None:
    """Empty the journaled answer of a call whose vectors are kept; when, and its cost, stays."""
    await session.execute(
        text("""UPDATE llm_calls SET answer = '', body = NULL, prompt_text = NULL, usable = false,
                  unusable_code = 'purged', unusable_reason = 'kept as vectors'
                WHERE id = :id AND state = 'answered'"""),
        {"id": call_id},
    )


async def forget_unused(
    session: AsyncConnection, used: Mapping[str, Collection[str]], before: datetime
) -> int:
    """Forget vectors older than `before` of texts that no document has; return how many."""
    removed = 0
    for channel_sha256, hashes in sorted(used.items()):
        still = bindparam("still", list(hashes), type_=ARRAY(Text))
        gone = await session.execute(
            delete(embeddings).where(
                embeddings.c.channel_sha256 == channel_sha256,
                embeddings.c.created_at < before,
                embeddings.c.text_sha256 != func.all(still),
            )
        )
        removed += gone.rowcount
    return removed


def _lacks(sha256: str) -> ColumnElement[bool]:
    has_all = (
        select(1)
        .where(
            embedded_documents.c.spec_sha256 == sha256,
            embedded_documents.c.document_id == documents.c.id,
            embedded_documents.c.content_sha256 == documents.c.content_sha256,
        )
        .exists()
    )
    return ~has_all


async def _update(session: AsyncConnection, sha256: str, **values: Any) -> None:  # noqa: ANN401 - columns differ in type
    await session.execute(update(embedding_specs).where(_SPECS.sha256 == sha256).values(**values))


def _row(row: Any) -> SpecRow:  # noqa: ANN401 - a row of SQLAlchemy
    return SpecRow(
        spec=Spec.model_validate(row.spec),
        state=SpecState(row.state),
        switches=row.switches,
        created_at=row.created_at,
        filled_at=row.filled_at,
        served_at=row.served_at,
        retired_at=row.retired_at,
        parity=None if row.parity is None else Parity.model_validate(row.parity),
        wait_reason=row.wait_reason,
        wait_detail=row.wait_detail,
        not_before=row.not_before,
    )
