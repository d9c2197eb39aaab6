"""What a search finds pages by, kept equal to what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.knowledge.library.store import read_grounds, read_page
from footnoted.knowledge.render import render_text
from footnoted.search.documents import PageFacts, page_document
from footnoted.search.port import DocumentKind
from footnoted.search.store import Owner, replace_documents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.knowledge.library.store import Grounds
    from footnoted.knowledge.pages.view import PageView
    from footnoted.search.port import Document


async def write_page_documents(session: AsyncConnection, page_ids: Iterable[UUID]) -> None:
    """Make each published page findable as it reads now, and each retired one unfindable."""
    for page_id in page_ids:
        page = await read_page(session, page_id)
        documents: list[Document] = []
        if page is not None:
            documents = [_document(page, await read_grounds(session, page_id))]
        owner = Owner(page_id=page_id)
        await replace_documents(session, documents, owner=owner, kind=DocumentKind.PAGE)


def _document(page: PageView, grounds: Grounds) -> Document:
    return page_document(
        PageFacts(
            page_id=page.id,
            profile=page.profile,
            creator=page.creator,
            title=page.title,
            summary=page.summary,
            text=render_text(page),
            category=page.category,
            language=grounds.language,
            tags=page.tags,
            tools=page.tools,
            published_at=grounds.published_at,
        )
    )
