"""A database with a few videos and a page, whose documents the tests replace and drain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.db.tables import creators, media, page_groups, pages, videos
from footnoted.search import store
from footnoted.search.port import Document, DocumentKind
from footnoted.search.store import Owner

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PAGE_ID = UUID(int=77)


@dataclass(frozen=True, slots=True)
class Library:
    """A database and what is in it."""

    database: Database
    video_ids: tuple[int, int]
    page_id: UUID

    async def put(self, *documents: Document, video: int = 0) -> store.Replaced:
        """Make these windows all that a video has."""
        owner = Owner(video_id=self.video_ids[video])
        async with self.database.transaction() as session:
            return await store.replace_documents(
                session, documents, owner=owner, kind=DocumentKind.WINDOW
            )

    async def waiting(self) -> set[UUID]:
        """Return the documents noted in the outbox."""
        async with self.database.transaction() as session:
            return await store.outbox_document_ids(session)

    def window(self, number: int, text: str, *, video: int = 0, **fields: Any) -> Document:
        """Return a window of a video with a readable id."""
        given = {"creator": "Ann", "profile": "techniques", "title": "", **fields}
        return Document.model_validate(
            {
                "id": UUID(int=number),
                "kind": DocumentKind.WINDOW,
                "video_id": self.video_ids[video],
                "text": text,
                **given,
            }
        )


@pytest.fixture
async def library(database_url: str) -> AsyncIterator[Library]:
    """Yield a library with two videos and one page, and no documents."""
    engine = make_engine(database_url, application_name="test search")
    database = Database(engine)
    yield await _filled(database)
    await engine.dispose()


async def _filled(database: Database) -> Library:
    async with database.transaction() as session:
        creator = {"slug": "ann", "name": "Ann"}
        creator_id = await session.scalar(insert(creators).values(creator).returning(creators.c.id))
        video_ids = [await _video(session, creator_id, name) for name in ("one", "two")]
        group = {
            "profile": "techniques",
            "creator_id": creator_id,
            "category": "setup",
            "status": "current",
        }
        group_id = await session.scalar(
            insert(page_groups).values(group).returning(page_groups.c.id)
        )
        page = {
            "id": PAGE_ID,
            "group_id": group_id,
            "profile": "techniques",
            "creator_id": creator_id,
            "category": "setup",
            "slug": "a-page",
            "title": "A page",
        }
        await session.execute(insert(pages).values(page))
    return Library(database, (video_ids[0], video_ids[1]), PAGE_ID)


async def _video(session: Any, creator_id: int, name: str) -> int:
    recording = {
        "identity": name,
        "creator_id": creator_id,
        "title": name,
        "url": f"https://v.example/{name}",
    }
    media_id = await session.scalar(insert(media).values(recording).returning(media.c.id))
    video = {
        "media_id": media_id,
        "profile": "techniques",
        "creator_id": creator_id,
        "status": "discovered",
    }
    return await session.scalar(insert(videos).values(video).returning(videos.c.id))
