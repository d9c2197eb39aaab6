"""How specs stand, and which of them a person means."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from footnoted.errors import UsageError
from footnoted.search import store as documents
from footnoted.search.embedding import store
from footnoted.search.embedding.rows import SpecState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.search.embedding.rows import SpecRow


class ChannelStanding(BaseModel):
    """A channel: what makes it, how many texts were refused, and the recall it was seen to have."""

    model_config = ConfigDict(frozen=True)

    name: str
    maker: str
    model: str
    dimensions: int | None
    version: int
    refused_texts: int = 0
    recall: float | None = None


class SpecStanding(BaseModel):
    """A spec as people see it. `embedded` of `documents` have all their vectors as they are now.

    Words need none; of one that was dropped nothing is left.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    sha256: str
    state: SpecState
    channels: tuple[ChannelStanding, ...]
    documents: int
    embedded: int
    is_whole: bool
    switches: bool
    wait_reason: str | None
    wait_detail: str | None
    not_before: datetime | None
    created_at: datetime
    served_at: datetime | None
    retired_at: datetime | None

    @property
    def is_settled(self) -> bool:
        """Return whether nobody is to make or build anything for it now."""
        is_made_for = self.state in (SpecState.READY, SpecState.SERVING)
        return self.state is not SpecState.BUILDING and not (is_made_for and self.gap)

    @property
    def gap(self) -> str | None:
        """Return what searches that go by it are to know of; None: every document has vectors."""
        lacking = self.documents - self.embedded
        if not lacking:
            return None
        first = next(one for one in self.channels if one.dimensions is not None)
        return (
            f"{lacking:,} of {self.documents:,} documents lack vectors under {self.key}: until a"
            " daemon or `footnoted embedding build` makes them, with settings that name"
            f" {first.model} of {first.maker}, they are found by their words, and by older vectors"
            " where the index has some"
        )


async def standings(session: AsyncConnection) -> list[SpecStanding]:
    """Return how every spec stands, oldest first; none where nothing was ever built."""
    total = await documents.count_documents(session)
    return [await _standing(session, row, total) for row in await store.specs(session)]


async def let_serve(
    session: AsyncConnection, choose: Callable[[Sequence[SpecRow]], SpecRow], now: datetime
) -> SpecStanding:
    """Let the spec serve that `choose` chooses of all, and return how it stands then.

    What it lacks is no reason to wait: going back is for when what serves is no good. Raises
    UsageError, as `choose` does.
    """
    row = choose(await store.specs(session))
    if not await store.switch(session, row.sha256, now):
        message = f"{row.spec.key} may not serve any more; look at its status again"
        raise UsageError(message)
    return next(one for one in await standings(session) if one.sha256 == row.sha256)


def to_switch_to(rows: Sequence[SpecRow], named: str | None) -> SpecRow:
    """Return the spec to switch to: the named one, else the newest that is ready.

    Raises UsageError where there is none, or it may not serve.
    """
    if named is not None:
        row = chosen(rows, named)
        if row.state not in (SpecState.READY, SpecState.RETIRED):
            message = f"{row.spec.key} is {row.state.value}; only a ready or retired spec can serve"
            raise UsageError(message)
        return _whole(row)
    ready = [row for row in rows if row.state is SpecState.READY]
    if not ready:
        message = "no spec is ready to serve; `footnoted embedding status` shows how they stand"
        raise UsageError(message)
    return _whole(ready[-1])


def to_go_back_to(rows: Sequence[SpecRow]) -> SpecRow:
    """Return the spec that served last before the one that does. Raises UsageError."""
    retired = [row for row in rows if row.state is SpecState.RETIRED and row.retired_at]
    if not retired:
        message = "there is no spec to go back to: none served before, or it was dropped"
        raise UsageError(message)
    return _whole(max(retired, key=lambda row: row.retired_at or row.created_at))


def to_drop(rows: Sequence[SpecRow], named: str) -> SpecRow:
    """Return the named spec, which may be dropped. Raises UsageError."""
    row = chosen(rows, named)
    if row.state is SpecState.SERVING:
        message = f"{row.spec.key} serves; switch to another spec before you drop it"
        raise UsageError(message)
    if row.state is SpecState.DROPPED:
        message = f"{row.spec.key} was dropped already"
        raise UsageError(message)
    return row


def chosen(rows: Sequence[SpecRow], named: str) -> SpecRow:
    """Return the one spec whose key begins with `named`. Raises UsageError."""
    found = [row for row in rows if row.spec.key.startswith(named)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(row.spec.key for row in rows) or "none"
    count = "no spec begins" if not found else f"{len(found)} specs begin"
    message = f"{count} with {named!r}; there is {there}"
    raise UsageError(message)


def _whole(row: SpecRow) -> SpecRow:
    if not row.is_whole:
        message = f"the index of {row.spec.key} is being filled again; try in a moment"
        raise UsageError(message)
    return row


async def _standing(session: AsyncConnection, row: SpecRow, total: int) -> SpecStanding:
    is_live = row.state is not SpecState.DROPPED and bool(row.spec.dense)
    lacking = await store.count_unembedded(session, row.sha256) if row.spec.dense else 0
    recalls = {one.channel: one.share for one in row.parity.recalls} if row.parity else {}
    channels = [
        ChannelStanding(
            name=channel.name,
            maker=channel.maker,
            model=channel.model,
            dimensions=channel.dimensions,
            version=channel.version,
            refused_texts=await store.count_refused(session, channel.sha256) if is_live else 0,
            recall=recalls.get(channel.name),
        )
        for channel in row.spec.channels
    ]
    return SpecStanding(
        key=row.spec.key,
        sha256=row.sha256,
        state=row.state,
        channels=tuple(channels),
        documents=total,
        embedded=total - lacking,
        is_whole=row.is_whole,
        switches=row.switches,
        wait_reason=row.wait_reason,
        wait_detail=row.wait_detail,
        not_before=row.not_before,
        created_at=row.created_at,
        served_at=row.served_at,
        retired_at=row.retired_at,
    )
