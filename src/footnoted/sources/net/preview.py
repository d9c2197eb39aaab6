"""What following a place would take, what not and why."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from footnoted.sources.items import Place
from footnoted.sources.rules.backfill import (
    BACKFILL,
    Reach,
    plan_backfill,
    told_left,
    undecided_of,
)
from footnoted.sources.rules.judging import Later, NotTaken, Taken, judge, told_open

if TYPE_CHECKING:
    from footnoted.sources.items import Follower, FoundItem
    from footnoted.sources.net.adding import NetPlace
    from footnoted.sources.options import SourceOptions


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class PreviewLine(_Value):
    """An item and what would become of it; `reason` is None where it would be taken at once.

    `detail` says of what would be taken what could not be judged yet, and whether it ever can.
    `has_transcript` says that words are offered with it. Whether a page has captions is known when
    it is looked at, so it says no.
    """

    key: str
    title: str
    published_at: datetime | None
    duration_ms: int | None
    has_transcript: bool
    reason: str | None
    detail: str | None


class NetPreview(_Value):
    """A place as following it would see it."""

    kind: str
    locator: str
    title: str | None
    takes: tuple[PreviewLine, ...]
    leaves: tuple[PreviewLine, ...]
    skipped: tuple[str, ...]


async def preview_place(
    place: NetPlace, follower: Follower, options: SourceOptions, now: datetime
) -> NetPreview:
    """Return what following a place would take now; nothing is taken.

    Raises as `Follower.look` does.
    """
    backfill = options.backfill
    asked = Place(
        source_id=0,
        locator=place.locator,
        is_deep=backfill.reach is not Reach.NONE,
        limit=options.listed_at_most,
    )
    poll = await follower.look(asked, now)
    judged = [(item, judge(poll.as_told(item), options.rules, now)) for item in poll.items]
    wanted = [item for item, verdict in judged if not isinstance(verdict, NotTaken)]
    chosen = {item.keys[0] for item in plan_backfill(wanted, backfill)}
    takes: list[PreviewLine] = []
    leaves: list[PreviewLine] = []
    for item, verdict in judged:
        is_left = not isinstance(verdict, NotTaken) and item.keys[0] not in chosen
        match verdict:
            case _ if is_left:
                leaves.append(_line(item, BACKFILL, told_left(item, backfill)))
            case NotTaken(reason, detail) | Later(_, reason, detail):
                leaves.append(_line(item, reason, detail))
            case Taken(undecided):
                unknown = (*undecided, *undecided_of(item, backfill))
                takes.append(_line(item, None, told_open(unknown, asks_page=item.has_page)))
    return NetPreview(
        kind=place.kind,
        locator=place.locator,
        title=poll.title,
        takes=tuple(takes),
        leaves=tuple(leaves),
        skipped=poll.skipped,
    )


def _line(item: FoundItem, reason: str | None, detail: str | None) -> PreviewLine:
    return PreviewLine(
        key=item.keys[0],
        title=item.facts.title or item.link or item.keys[0],
        published_at=item.facts.published_at,
        duration_ms=item.facts.duration_ms,
        has_transcript=bool(item.transcripts),
        reason=reason,
        detail=detail,
    )
