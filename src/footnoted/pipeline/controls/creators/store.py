"""The SQL of creators: rows are locked as the machine locks them, and whoever composes loses it.

The order is that of the stages: videos, then page groups, then creators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import text

from footnoted.model.status import ItemKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

PAGE_GROUP_MERGED = "page_group.merged"


class Creator(NamedTuple):
    """A creator, and what there is of one; `aliases` are earlier names, oldest first."""

    id: int
    slug: str
    name: str
    recordings: int
    pages: int
    aliases: tuple[str, ...]


class Moved(NamedTuple):
    """A page group whose pages joined another one's."""

    old: int
    new: int


_CREATORS = """
  SELECT c.id, c.slug, c.name,
    (SELECT count(*) FROM media m WHERE m.creator_id = c.id) AS recordings,
    (SELECT count(*) FROM pages p WHERE p.creator_id = c.id AND p.retired_at IS NULL) AS pages,
    ARRAY(SELECT a.name FROM creator_aliases a WHERE a.creator_id = c.id ORDER BY a.id) AS aliases
  FROM creators c
"""
_ALL = text(f"{_CREATORS} ORDER BY c.name, c.id")
_NAMED = text(f"""{_CREATORS}
  WHERE lower(:name) IN (lower(c.name), c.slug) OR EXISTS (
    SELECT 1 FROM creator_aliases a
    WHERE a.creator_id = c.id AND lower(:name) IN (lower(a.name), a.slug))
  ORDER BY lower(:name) IN (lower(c.name), c.slug) DESC, c.id
""")  # noqa: S608 - a constant

_MOVE_PAGES = text("""
  UPDATE pages p SET group_id = :new, creator_id = :into, slug = CASE
      WHEN NOT EXISTS (SELECT 1 FROM pages o WHERE o.creator_id = :into
        AND o.profile = p.profile AND o.slug = p.slug) THEN p.slug
      ELSE p.slug || '-' || :suffix END,
    updated_at = :now
  WHERE p.group_id = :old AND p.creator_id = :from
""")


async def list_creators(session: AsyncConnection) -> list[Creator]:
    """Return all creators by name."""
    return [_creator(row) for row in (await session.execute(_ALL)).all()]


async def find_creators(session: AsyncConnection, name: str) -> list[Creator]:
    """Return the creators called so, by name, address or an earlier one of either; own first."""
    return [_creator(row) for row in (await session.execute(_NAMED, {"name": name})).all()]


async def lock(session: AsyncConnection, creator_ids: Sequence[int]) -> list[int]:
    """Lock creators with their videos and page groups; return the groups.

    Whoever works on one of them loses it and does it again, from answers that are journaled. What
    was pinned for composing goes: it names the creator.
    """
    values = {"ids": sorted(creator_ids)}
    await session.execute(
        text("SELECT id FROM videos WHERE creator_id = ANY(:ids) ORDER BY id FOR UPDATE"), values
    )
    await session.execute(
        text("""UPDATE videos SET fence = fence + 1, lease_owner = NULL, lease_expires_at = NULL
                WHERE creator_id = ANY(:ids) AND lease_owner IS NOT NULL"""),
        values,
    )
    groups = await session.scalars(
        text("""
          UPDATE page_groups g SET fence = fence + 1, lease_owner = NULL, lease_expires_at = NULL
          WHERE g.id IN (SELECT x.id FROM page_groups x WHERE x.creator_id = ANY(:ids)
                         ORDER BY x.id FOR UPDATE OF x)
          RETURNING g.id"""),
        values,
    )
    ids = sorted(groups.all())
    await session.execute(
        text("""DELETE FROM work_orders WHERE item_kind = :kind AND item_id = ANY(:ids)
                  AND closed_at IS NULL"""),
        {"kind": ItemKind.PAGE_GROUP.value, "ids": ids},
    )
    await session.execute(
        text("SELECT id FROM creators WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"), values
    )
    return ids


async def set_name(
    session: AsyncConnection, creator: Creator, name: str, slug: str, now: datetime
) -> None:
    """Call a creator otherwise; the name and address it had lead to it from now on."""
    await keep_alias(session, creator, creator.id, now)
    await session.execute(
        text("DELETE FROM creator_aliases WHERE creator_id = :id AND slug = :slug"),
        {"id": creator.id, "slug": slug},
    )
    await session.execute(
        text("UPDATE creators SET name = :name, slug = :slug WHERE id = :id"),
        {"name": name, "slug": slug, "id": creator.id},
    )
    await _name_in_sources(session, creator.name, name)


async def keep_alias(
    session: AsyncConnection, creator: Creator, creator_id: int, now: datetime
) -> None:
    """Let the name and address of `creator` lead to the creator of that id."""
    await session.execute(
        text("""INSERT INTO creator_aliases (slug, name, creator_id, created_at)
                VALUES (:slug, :name, :id, :now)
                ON CONFLICT (slug) DO UPDATE SET creator_id = excluded.creator_id"""),
        {"slug": creator.slug, "name": creator.name, "id": creator_id, "now": now},
    )


async def taken_slugs(session: AsyncConnection, base: str, owner: int) -> frozenset[str]:
    """Return the addresses that begin with `base` and that others than `owner` have or had."""
    rows = await session.scalars(
        text("""
          SELECT slug FROM creators WHERE starts_with(slug, :base) AND id <> :owner
          UNION SELECT slug FROM creator_aliases
          WHERE starts_with(slug, :base) AND creator_id <> :owner"""),
        {"base": base, "owner": owner},
    )
    return frozenset(rows.all())


async def move_recordings(session: AsyncConnection, old: int, into: int, now: datetime) -> None:
    """Give recordings and videos of one creator to another."""
    values = {"old": old, "into": into}
    await session.execute(
        text("UPDATE media SET creator_id = :into WHERE creator_id = :old"), values
    )
    await session.execute(
        text("UPDATE videos SET creator_id = :into, updated_at = :now WHERE creator_id = :old"),
        {**values, "now": now},
    )


async def move_groups(
    session: AsyncConnection, old: Creator, into: Creator, now: datetime
) -> list[Moved]:
    """Give page groups with their pages to another creator; return those that joined another.

    Where the other has a group of the profile and category, contributions and pages join it, and
    composing finds out which pages are one; else the group moves as it is.
    """
    values = {"old": old.id, "into": into.id}
    rows = await session.execute(
        text("""
          SELECT g.id AS old, o.id AS new FROM page_groups g
          JOIN page_groups o ON o.profile = g.profile AND o.category = g.category
            AND o.creator_id = :into
          WHERE g.creator_id = :old ORDER BY g.id"""),
        values,
    )
    joined = [Moved(row.old, row.new) for row in rows.all()]
    for pair in joined:
        await _join(session, pair, old, into, now)
    await session.execute(
        text("UPDATE page_groups SET creator_id = :into WHERE creator_id = :old"), values
    )
    moved = await session.scalars(
        text("SELECT id FROM page_groups WHERE creator_id = :into ORDER BY id"), values
    )
    for group in moved.all():
        await _move_pages(session, Moved(group, group), old, into, now)
    await _move_redirects(session, old.id, into.id)
    return joined


async def drop_creator(
    session: AsyncConnection, old: Creator, into: Creator, now: datetime
) -> None:
    """Delete a creator that has nothing any more; all its names lead to the other."""
    values = {"old": old.id, "into": into.id}
    await session.execute(
        text("UPDATE creator_aliases SET creator_id = :into WHERE creator_id = :old"), values
    )
    await keep_alias(session, old, into.id, now)
    await session.execute(text("DELETE FROM creators WHERE id = :old"), values)
    await _name_in_sources(session, old.name, into.name)


async def pages_of(session: AsyncConnection, creator_id: int) -> list[UUID]:
    """Return the published pages of a creator."""
    rows = await session.scalars(
        text("SELECT id FROM pages WHERE creator_id = :id AND retired_at IS NULL ORDER BY id"),
        {"id": creator_id},
    )
    return list(rows.all())


async def videos_with_documents(session: AsyncConnection, creator_id: int) -> list[int]:
    """Return the videos of a creator that a search may find something of."""
    rows = await session.scalars(
        text("""SELECT v.id FROM videos v WHERE v.creator_id = :id
                  AND EXISTS (SELECT 1 FROM documents d WHERE d.video_id = v.id) ORDER BY v.id"""),
        {"id": creator_id},
    )
    return list(rows.all())


async def _join(
    session: AsyncConnection, pair: Moved, old: Creator, into: Creator, now: datetime
) -> None:
    """Let all of one page group become the other's, its record and its journaled calls too."""
    values = {"old": pair.old, "new": pair.new, "kind": ItemKind.PAGE_GROUP.value}
    await session.execute(
        text("""INSERT INTO contributions (video_id, group_id)
                SELECT video_id, :new FROM contributions WHERE group_id = :old
                ON CONFLICT DO NOTHING"""),
        values,
    )
    await _move_pages(session, pair, old, into, now)
    for statement in (
        "UPDATE llm_calls SET item_id = :new WHERE item_kind = :kind AND item_id = :old",
        """UPDATE events SET item_id = :new, run_id = NULL
           WHERE item_kind = :kind AND item_id = :old""",
        "DELETE FROM runs WHERE item_kind = :kind AND item_id = :old",
        "DELETE FROM work_orders WHERE item_kind = :kind AND item_id = :old",
        "DELETE FROM page_groups WHERE id = :old",
    ):
        await session.execute(text(statement), values)
    await session.execute(
        text("""
          INSERT INTO events (item_kind, item_id, name, fields, at)
          VALUES (:kind, :new, :event, jsonb_build_object('group', CAST(:old AS bigint)), :now)"""),
        {**values, "event": PAGE_GROUP_MERGED, "now": now},
    )


async def _move_pages(
    session: AsyncConnection, pair: Moved, old: Creator, into: Creator, now: datetime
) -> None:
    values = {"old": pair.old, "new": pair.new, "from": old.id, "into": into.id}
    await session.execute(_MOVE_PAGES, {**values, "suffix": old.slug, "now": now})


async def _move_redirects(session: AsyncConnection, old: int, into: int) -> None:
    """Let old addresses lead on, but for those that mean something else at the other creator."""
    values = {"old": old, "into": into}
    await session.execute(
        text("""
          DELETE FROM page_redirects r WHERE r.creator_id = :old AND (
            EXISTS (SELECT 1 FROM page_redirects o WHERE o.creator_id = :into
                      AND o.profile = r.profile AND o.slug = r.slug)
            OR EXISTS (SELECT 1 FROM pages p WHERE p.creator_id = :into
                      AND p.profile = r.profile AND p.slug = r.slug))"""),
        values,
    )
    await session.execute(
        text("UPDATE page_redirects SET creator_id = :into WHERE creator_id = :old"), values
    )


async def _name_in_sources(session: AsyncConnection, old: str, new: str) -> None:
    await session.execute(
        text("UPDATE sources SET creator_name = :new WHERE lower(creator_name) = lower(:old)"),
        {"old": old, "new": new},
    )


def _creator(row: Row[Any]) -> Creator:
    return Creator(row.id, row.slug, row.name, row.recordings, row.pages, tuple(row.aliases))
