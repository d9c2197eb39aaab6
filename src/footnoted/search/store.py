"""The documents and the outbox of the index in PostgreSQL; the only SQL of search.

A trigger notes every written and deleted document in `index_outbox`, cascades included
(made by the first migration), so nothing here does.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger, Uuid

from footnoted.db.recordings import CREATOR_CALLED, MEDIA_PATH
from footnoted.db.rows import upsert
from footnoted.db.tables import documents as documents_table
from footnoted.db.tables import index_outbox
from footnoted.db.texts import storable
from footnoted.model.citation import deep_link, playable_url
from footnoted.search.port import Document, DocumentKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection


_PLACES = text(f"""
  SELECT v.id, m.url, {MEDIA_PATH} AS media_path
  FROM videos v JOIN media m ON m.id = v.media_id WHERE v.id = ANY(:ids) ORDER BY v.id
""")  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Owner:
    """What documents belong to and go with: a video or a page."""

    video_id: int | None = None
    page_id: UUID | None = None

    def __post_init__(self) -> None:
        """Refuse neither and both."""
        if (self.video_id is None) == (self.page_id is None):
            message = "documents belong to one video or one page"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Replaced:
    """What became of the documents of an owner; equal rows were not touched."""

    written: int
    removed: int


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as it stands in PostgreSQL, with the hash of its content."""

    document: Document
    content_sha256: str


@dataclass(frozen=True, slots=True)
class Recent:
    """A document, when it was first stored, and the link that plays it."""

    at: datetime
    document: Document
    link: str | None


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A note that the index may not have this document as it is now."""

    id: int
    document_id: UUID


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How far the index is behind: entries, and since when the oldest waits."""

    size: int
    oldest_at: datetime | None


async def replace_documents(
    session: AsyncConnection,
    documents: Sequence[Document],
    *,
    owner: Owner,
    kind: DocumentKind,
) -> Replaced:
    """Make `documents` all that `owner` has of this kind, touching only what differs.

    Raises:
        ValueError: a document has another kind or owner.

    """
    rows = [_row(document, owner, kind) for document in documents]
    stays = documents_table.c.id.in_([row["id"] for row in rows])
    gone = delete(documents_table).where(_belongs_to(owner), documents_table.c.kind == kind, ~stays)
    removed = (await session.execute(gone)).rowcount
    written = await upsert(session, documents_table, rows) if rows else set[UUID]()
    return Replaced(written=len(written), removed=removed)


async def read_documents_of(session: AsyncConnection, owner: Owner) -> list[Document]:
    """Return the documents of an owner, of every kind, in the order of their ids."""
    bodies = await session.scalars(
        select(documents_table.c.body).where(_belongs_to(owner)).order_by(documents_table.c.id)
    )
    return [Document.model_validate(body) for body in bodies]


async def documents_by_id(
    session: AsyncConnection, document_ids: Collection[UUID]
) -> dict[UUID, StoredDocument]:
    """Return those of the documents that exist."""
    rows = await session.execute(
        select(documents_table.c.id, documents_table.c.content_sha256, documents_table.c.body)
        .where(documents_table.c.id == _any_of(document_ids))
        .order_by(documents_table.c.id)
    )
    return {row.id: _stored(row.body, row.content_sha256) for row in rows}


async def documents_after(
    session: AsyncConnection, after: UUID | None, *, limit: int
) -> list[StoredDocument]:
    """Return the next documents in the order of ids, after one or from the start."""
    statement = select(documents_table.c.content_sha256, documents_table.c.body)
    if after is not None:
        statement = statement.where(documents_table.c.id > after)
    rows = await session.execute(statement.order_by(documents_table.c.id).limit(limit))
    return [_stored(row.body, row.content_sha256) for row in rows]


async def recent_documents(
    session: AsyncConnection,
    since: datetime,
    *,
    kinds: Collection[DocumentKind] = (),
    limit: int = 100,
) -> list[Recent]:
    """Return the documents that were first stored at or after `since`, newest first.

    `kinds` limits them to some; empty asks for all.
    """
    made_at = documents_table.c.created_at
    statement = select(documents_table.c.body, made_at).where(made_at >= since)
    if kinds:
        statement = statement.where(documents_table.c.kind.in_(sorted(kinds)))
    rows = await session.execute(
        statement.order_by(made_at.desc(), documents_table.c.id).limit(limit)
    )
    made = [(row.created_at, Document.model_validate(row.body)) for row in rows]
    links = await play_links(session, [document for _, document in made])
    return [Recent(at, document, links.get(document.id)) for at, document in made]


async def play_links(session: AsyncConnection, documents: Collection[Document]) -> dict[UUID, str]:
    """Return what opens the recordings of documents at their seconds, as things are now.

    Pages have none, nor has what nothing plays.
    """
    video_ids = {document.video_id for document in documents} - {None}
    if not video_ids:
        return {}
    rows = await session.execute(_PLACES, {"ids": list(video_ids)})
    urls = {row.id: playable_url(row.url, row.media_path) for row in rows}
    return {
        document.id: deep_link(url, document.start_ms)
        for document in documents
        if document.video_id is not None and (url := urls.get(document.video_id))
    }


async def name_of_creator(session: AsyncConnection, creator: str) -> str | None:
    """Return what a creator is called now, by that name, address or an earlier one of them."""
    name: str | None = await session.scalar(
        text(f"""SELECT c.name FROM creators c WHERE {CREATOR_CALLED}
                 ORDER BY lower(:creator) IN (lower(c.name), c.slug) DESC, c.id LIMIT 1"""),  # noqa: S608 - a constant
        {"creator": creator},
    )
    return name


async def content_hashes(
    session: AsyncConnection, document_ids: Collection[UUID] | None = None
) -> dict[UUID, str]:
    """Return the content hash by id: of those of `document_ids` that exist, or of all."""
    statement = select(documents_table.c.id, documents_table.c.content_sha256)
    if document_ids is not None:
        statement = statement.where(documents_table.c.id == _any_of(document_ids))
    rows = await session.execute(statement.order_by(documents_table.c.id))
    return {row.id: row.content_sha256 for row in rows}


async def document_ids(session: AsyncConnection) -> set[UUID]:
    """Return the ids of all documents."""
    ids = await session.scalars(select(documents_table.c.id).order_by(documents_table.c.id))
    return set(ids)


async def count_documents(session: AsyncConnection) -> int:
    """Return how many documents there are."""
    return await session.scalar(select(func.count()).select_from(documents_table)) or 0


async def take_outbox(session: AsyncConnection, limit: int) -> list[OutboxEntry]:
    """Return the oldest entries, oldest first; they stay until `forget_outbox`."""
    rows = await session.execute(
        select(index_outbox.c.id, index_outbox.c.document_id)
        .order_by(index_outbox.c.id)
        .limit(limit)
    )
    return [OutboxEntry(id=row.id, document_id=row.document_id) for row in rows]


async def forget_outbox(session: AsyncConnection, entries: Sequence[OutboxEntry]) -> None:
    """Delete entries whose documents the index has now."""
    ids = bindparam("ids", [entry.id for entry in entries], type_=ARRAY(BigInteger))
    await session.execute(delete(index_outbox).where(index_outbox.c.id == func.any(ids)))


async def enqueue(session: AsyncConnection, document_ids: Collection[UUID]) -> None:
    """Note documents, existing or gone, for the next drain."""
    if document_ids:
        rows = [{"document_id": document_id} for document_id in sorted(document_ids)]
        await session.execute(insert(index_outbox), rows)


async def outbox_document_ids(session: AsyncConnection) -> set[UUID]:
    """Return the ids of the documents that wait for a drain."""
    ids = select(index_outbox.c.document_id).distinct().order_by(index_outbox.c.document_id)
    return set(await session.scalars(ids))


async def outbox_state(session: AsyncConnection) -> OutboxState:
    """Return how far the index is behind."""
    row = (await session.execute(select(func.count(), func.min(index_outbox.c.at)))).one()
    return OutboxState(size=row[0], oldest_at=row[1])


def _row(document: Document, owner: Owner, kind: DocumentKind) -> Mapping[str, Any]:
    if (document.kind, document.video_id, document.page_id) != (
        kind,
        owner.video_id,
        owner.page_id,
    ):
        message = f"document {document.id} is not a {kind} of {owner}"
        raise ValueError(message)
    body = {name: _storable(value) for name, value in document.model_dump(mode="json").items()}
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return {
        "id": document.id,
        "kind": kind.value,
        "video_id": owner.video_id,
        "page_id": owner.page_id,
        "source_id": document.source_id,
        "content_sha256": hashlib.sha256(canonical.encode()).hexdigest(),
        "body": body,
    }


def _storable(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    if isinstance(value, str):
        return storable(value)
    return [_storable(each) for each in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType] - the elements of a JSON value


def _stored(body: Any, content_sha256: str) -> StoredDocument:  # noqa: ANN401 - a JSON value
    return StoredDocument(Document.model_validate(body), content_sha256)


def _belongs_to(owner: Owner) -> ColumnElement[bool]:
    if owner.video_id is not None:
        return documents_table.c.video_id == owner.video_id
    return documents_table.c.page_id == owner.page_id


def _any_of(document_ids: Collection[UUID]) -> ColumnElement[Any]:
    return func.any(bindparam("ids", list(document_ids), type_=ARRAY(Uuid)))
