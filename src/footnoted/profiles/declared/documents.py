"""What a search finds items by, and what people see of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.knowledge.moments import Moment
from footnoted.knowledge.store import read_video
from footnoted.profiles.declared.store import read_video_items
from footnoted.search.documents import MomentFacts, moment_document
from footnoted.search.port import DocumentKind
from footnoted.search.store import Owner, replace_documents
from footnoted.stages.searchable import search_facts
from footnoted.transcripts.store import read_transcript_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import JsonValue
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.model.transcript import Cue
    from footnoted.profiles.declared.types import StoredItem


async def write_item_documents(session: AsyncConnection, video_id: int) -> None:
    """Make the live items of a video findable, and no other item of it."""
    video = await read_video(session, video_id)
    if video is None:
        return
    items = await read_video_items(session, video_id)
    cues: Sequence[Cue] = ()
    if items and video.transcript_id is not None:
        cues = (await read_transcript_version(session, video.transcript_id)).transcript.cues
    facts = search_facts(video)
    documents = [moment_document(facts, _facts(item, cues)) for item in items]
    owner = Owner(video_id=video_id)
    await replace_documents(session, documents, owner=owner, kind=DocumentKind.MOMENT)


async def show_items(session: AsyncConnection, video_id: int) -> tuple[Moment, ...]:
    """Return the live items of a video as people see them, in the order they were said."""
    return tuple(
        Moment(
            id=item.id,
            evidence_id=item.evidence_id,
            title=item.title,
            summary=summary_of(item),
            kind=item.kind,
            category=item.category,
            subtopic=None,
            tools=(),
        )
        for item in await read_video_items(session, video_id)
    )


def summary_of(item: StoredItem) -> str:
    """Return the fields of an item in a line, but for what its title says already."""
    told = {item.title, item.kind, item.category}
    return "; ".join(f"{name}: {text}" for name, text in flattened(item.fields) if text not in told)


def flattened(fields: Mapping[str, JsonValue], within: str = "") -> Iterator[tuple[str, str]]:
    """Yield each field with its value as text; those of objects under their dotted names."""
    for name, value in fields.items():
        dotted = f"{within}{name}"
        match value:
            case dict():
                yield from flattened(value, f"{dotted}.")
            case list():
                plain = [str(one) for one in value if not isinstance(one, dict)]
                if plain:
                    yield dotted, ", ".join(plain)
                for one in value:
                    if isinstance(one, dict):
                        yield from flattened(one, f"{dotted}.")
            case bool():
                yield dotted, "yes" if value else "no"
            case _:
                yield dotted, str(value)


def _facts(item: StoredItem, cues: Sequence[Cue]) -> MomentFacts:
    said = cues[item.first_cue : item.last_cue + 1]
    return MomentFacts(
        moment_id=item.id,
        title=item.title,
        summary=summary_of(item),
        quote=item.quote,
        start_ms=item.start_ms,
        end_ms=item.end_ms,
        category=item.category,
        speakers=tuple(dict.fromkeys(cue.speaker for cue in said if cue.speaker)),
    )
