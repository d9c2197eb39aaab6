"""The SQL of what the stages write and read of one video, and of its flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from footnoted.db.rows import insert_missing, upsert
from footnoted.knowledge.store import prune_evidence, save_evidence
from footnoted.model.identity import deterministic_id
from footnoted.profiles.brain import tables
from footnoted.profiles.brain.types import Fix, HeardName, Mention, Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.knowledge.bound_evidence import BoundEvidence
    from footnoted.profiles.brain.types import (
        EntitiesOutput,
        ImproveOutput,
        RelateOutput,
        SummarizeOutput,
    )

_IMPROVED = text("""
  INSERT INTO brain_videos AS b (video_id, transcript_id) VALUES (:video_id, :transcript_id)
  ON CONFLICT (video_id) DO UPDATE SET
    transcript_id = :transcript_id,
    text_indexed = b.text_indexed
      AND b.transcript_id IS NOT DISTINCT FROM CAST(:transcript_id AS bigint),
    entities_extracted = b.entities_extracted AND NOT :changed
      AND b.transcript_id IS NOT DISTINCT FROM CAST(:transcript_id AS bigint),
    graph_built = b.graph_built AND NOT :changed
      AND b.transcript_id IS NOT DISTINCT FROM CAST(:transcript_id AS bigint)
""")
_ENTITIES_EXTRACTED = text("""
  INSERT INTO brain_videos AS b (video_id, entities_extracted) VALUES (:video_id, true)
  ON CONFLICT (video_id) DO UPDATE SET
    entities_extracted = true, graph_built = b.graph_built AND NOT :changed
""")
_GRAPH_BUILT = text("""
  INSERT INTO brain_videos (video_id, graph_built) VALUES (:video_id, true)
  ON CONFLICT (video_id) DO UPDATE SET graph_built = true
""")
_TEXT_INDEXED = text("""
  INSERT INTO brain_videos (video_id, text_indexed) VALUES (:video_id, true)
  ON CONFLICT (video_id) DO UPDATE SET text_indexed = true
""")
_OTHERS_EVIDENCE = text("""
  SELECT evidence_id FROM brain_citations WHERE video_id = :video_id AND stage <> :stage
""")
_FORGET_CITATIONS = text("""
  DELETE FROM brain_citations WHERE video_id = :video_id AND stage = :stage
    AND NOT evidence_id = ANY(:keep)
""")


async def replace_fixes(session: AsyncConnection, video_id: int, out: ImproveOutput) -> None:
    """Make these all the corrections of a video; what rests on other words is not done any more.

    Its text stays indexed as long as the transcript is the same: the index holds what was heard.
    """
    rows = [
        {
            "id": deterministic_id(
                "fix", video_id, out.transcript_id, fix.cue, fix.start_char, fix.after
            ),
            "video_id": video_id,
            "transcript_id": out.transcript_id,
            **fix.model_dump(),
        }
        for fix in out.fixes
    ]
    changed = await _replace(session, tables.brain_fixes, video_id, rows)
    values = {"video_id": video_id, "transcript_id": out.transcript_id, "changed": changed}
    await session.execute(_IMPROVED, values)


async def read_fixes(
    session: AsyncConnection, video_id: int, transcript_id: int | None
) -> tuple[Fix, ...]:
    """Return the corrections of one transcript version, in the order of the words."""
    fixes = tables.brain_fixes
    rows = await session.execute(
        select(fixes)
        .where(fixes.c.video_id == video_id, fixes.c.transcript_id == transcript_id)
        .order_by(fixes.c.cue, fixes.c.start_char)
    )
    return tuple(Fix.model_validate(dict(row)) for row in rows.mappings())


async def replace_names(session: AsyncConnection, video_id: int, out: EntitiesOutput) -> None:
    """Make these all the names of a video, and say that its entities are extracted.

    Edges whose ends left go with them, and the graph is not built any more where names changed.
    """
    await _save_evidence(session, video_id, out.transcript_id, out.evidence)
    changed = await _replace_heard(session, video_id, out.names)
    mentions = [{"video_id": video_id, **mention.model_dump()} for mention in out.mentions]
    changed |= await _replace(session, tables.brain_mentions, video_id, mentions)
    await _let_go(session, video_id, "entities", out.evidence)
    await session.execute(_ENTITIES_EXTRACTED, {"video_id": video_id, "changed": changed})


async def read_names(session: AsyncConnection, video_id: int) -> tuple[HeardName, ...]:
    """Return the names of a video by id."""
    names = tables.brain_names
    rows = await session.execute(
        select(names).where(names.c.video_id == video_id).order_by(names.c.name_id)
    )
    return tuple(HeardName.model_validate(dict(row)) for row in rows.mappings())


async def read_mentions(session: AsyncConnection, video_id: int) -> tuple[Mention, ...]:
    """Return where the names of a video stand, in the order they were said."""
    mentions = tables.brain_mentions
    rows = await session.execute(
        select(mentions)
        .where(mentions.c.video_id == video_id)
        .order_by(
            mentions.c.first_cue,
            mentions.c.start_char.nulls_first(),
            mentions.c.role,
            mentions.c.id,
        )
    )
    return tuple(Mention.model_validate(dict(row)) for row in rows.mappings())


async def replace_graph(session: AsyncConnection, video_id: int, out: RelateOutput) -> None:
    """Make these all the relations and points of a video, and say that its graph is built."""
    await _save_evidence(session, video_id, out.transcript_id, out.evidence)
    edges = [{"video_id": video_id, **relation.model_dump()} for relation in out.relations]
    await _replace(session, tables.brain_relations, video_id, edges)
    points = [
        {"video_id": video_id, "position": position, **point.model_dump()}
        for position, point in enumerate(out.points)
    ]
    await _replace(session, tables.brain_points, video_id, points)
    await _let_go(session, video_id, "relate", out.evidence)
    await session.execute(_GRAPH_BUILT, {"video_id": video_id})


async def read_points(session: AsyncConnection, video_id: int) -> tuple[Point, ...]:
    """Return what was decided, promised, asked and stated, in the order it was said."""
    points = tables.brain_points
    rows = await session.execute(
        select(points).where(points.c.video_id == video_id).order_by(points.c.position, points.c.id)
    )
    return tuple(Point.model_validate(dict(row)) for row in rows.mappings())


async def replace_summary(session: AsyncConnection, video_id: int, out: SummarizeOutput) -> None:
    """Make these all the sentences of the summary of a video."""
    sentences = [
        {"id": each.id, "video_id": video_id, "position": position, "text": each.text}
        for position, each in enumerate(out.sentences)
    ]
    await _replace(session, tables.brain_sentences, video_id, sentences)
    support = [
        {"sentence_id": each.id, "point_id": point_id}
        for each in out.sentences
        for point_id in each.point_ids
    ]
    await insert_missing(session, tables.brain_support, support)


async def mark_indexed(session: AsyncConnection, video_id: int) -> None:
    """Say that what was said in a video is written for the index."""
    await session.execute(_TEXT_INDEXED, {"video_id": video_id})


async def _replace(
    session: AsyncConnection, table: Table, video_id: int, rows: Sequence[dict[str, Any]]
) -> bool:
    """Make `rows` all that a video has in `table`; return whether anything changed."""
    keep = [row["id"] for row in rows]
    gone = delete(table).where(table.c.video_id == video_id, table.c.id.not_in(keep))
    removed = (await session.execute(gone)).rowcount
    return bool(await upsert(session, table, rows)) or removed > 0


async def _replace_heard(
    session: AsyncConnection, video_id: int, heard: Sequence[HeardName]
) -> bool:
    """Make these all the names of a video; return whether any changed."""
    names = tables.brain_names
    keep = [name.name_id for name in heard]
    gone = delete(names).where(names.c.video_id == video_id, names.c.name_id.not_in(keep))
    changed = (await session.execute(gone)).rowcount > 0
    for name in heard:
        statement = insert(names).values(video_id=video_id, **name.model_dump())
        fields = ("key", "name", "type", "is_sure")
        differs = [names.c[field].is_distinct_from(statement.excluded[field]) for field in fields]
        written = await session.execute(
            statement.on_conflict_do_update(
                index_elements=[names.c.video_id, names.c.name_id],
                set_={field: statement.excluded[field] for field in fields},
                where=differs[0] | differs[1] | differs[2] | differs[3],
            )
        )
        changed |= written.rowcount > 0
    return changed


async def _save_evidence(
    session: AsyncConnection,
    video_id: int,
    transcript_id: int | None,
    found: Sequence[BoundEvidence],
) -> None:
    if transcript_id is not None:
        await save_evidence(session, video_id, transcript_id, found)


async def _let_go(
    session: AsyncConnection, video_id: int, stage: str, found: Sequence[BoundEvidence]
) -> None:
    """Delete the evidence that this stage brought before and that no stage brings any more."""
    ids = [bound.id for bound in found]
    rows = [{"stage": stage, "evidence_id": key, "video_id": video_id} for key in ids]
    await insert_missing(session, tables.brain_citations, rows)
    own = {"video_id": video_id, "stage": stage}
    await session.execute(_FORGET_CITATIONS, {**own, "keep": ids})
    others = (await session.scalars(_OTHERS_EVIDENCE, own)).all()
    await prune_evidence(session, video_id, [*ids, *others])
