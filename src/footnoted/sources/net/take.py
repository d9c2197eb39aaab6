"""A look at a source on the net written down: items taken, left or put off, and the work they open.

    items -> known again by a key?  refresh what is known of the recording
          -> new: the rules decide; then, for what is older than the following, the backfill
          -> taken: recording, keys, transcription, a video per profile

One transaction; writing the same look twice changes nothing the second time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime  # noqa: TC003 - dataclass fields are read by tools
from typing import TYPE_CHECKING, Any

from footnoted.sources.facts import changed_columns, fact_columns
from footnoted.sources.feeds.identity import last_resort_key
from footnoted.sources.net import store
from footnoted.sources.net.offer import Offer, above_known
from footnoted.sources.recordings import store as recordings
from footnoted.sources.removals import store as removals
from footnoted.sources.rules.backfill import (
    BACKFILL,
    plan_backfill,
    told_left,
    undecided_of,
)
from footnoted.sources.rules.judging import (
    Later,
    NotTaken,
    Taken,
    Verdict,
    judge,
    told_open,
)
from footnoted.sources.transcriptions.store import (
    open_transcription,
    reopen_transcription,
    was_cut,
)
from footnoted.sources.videos import store as videos

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.sources.items import FoundItem, Poll
    from footnoted.sources.options import SourceOptions


@dataclass(frozen=True, slots=True)
class Follows:
    """The source that a look is of. `followed_since` parts what is fresh from the backfill.

    `knows_all` says that every item was offered at some look, so that others are new.
    """

    source_id: int
    profiles: Sequence[str]
    creator: str
    followed_since: datetime
    priority: int
    options: SourceOptions
    trigger: str = videos.SCHEDULED
    knows_all: bool = False


@dataclass(slots=True)
class Took:
    """What a look changed, counted in items."""

    taken: int = 0
    refreshed: int = 0
    known: int = 0
    left: dict[str, int] = field(default_factory=dict[str, int])
    later: int = 0

    def counts(self) -> dict[str, Any]:
        """Return what happened at all, by name."""
        numbers = {"taken": self.taken, "refreshed": self.refreshed, "later": self.later}
        told: dict[str, Any] = {name: count for name, count in numbers.items() if count}
        return {**told, "left": dict(self.left)} if self.left else told


async def take(session: AsyncConnection, poll: Poll, follows: Follows, now: datetime) -> Took:
    """Write what a look brought and return what that changed."""
    await recordings.lock_discovery(session)
    due = await store.due_items(session, follows.source_id, now)
    items = list({item.keys[0]: item for item in (*due, *poll.items)}.values())
    taking = _Taking(session, follows, now, poll)
    await taking.take_all(items)
    return taking.took


@dataclass(slots=True)
class _Taking:
    session: AsyncConnection
    follows: Follows
    now: datetime
    poll: Poll
    took: Took = field(default_factory=Took)
    rows: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    on_top: frozenset[str] = frozenset()
    removals: removals.Removals = field(default_factory=lambda: removals.Removals(()))

    async def take_all(self, items: Sequence[FoundItem]) -> None:
        keys = {key for item in items for key in item.keys}
        known = await store.known_by_keys(self.session, keys)
        self.removals = await removals.removals_of(self.session, keys)
        offers = await self._with_decisions([Offer.of(item, known) for item in items])
        self.on_top = above_known(offers)
        turn = await videos.first_turn(self.session, self.follows.source_id)
        opening = videos.Opening(self.follows.source_id, self.follows.trigger, self.now, turn)
        chosen = self._chosen(offers)
        for offer in self._in_order(offers):
            await self._take_one(offer, opening, is_chosen=offer.key in chosen)
        await store.put_items(self.session, self.rows)

    def _in_order(self, offers: Sequence[Offer]) -> list[Offer]:
        """Return the offers as the backfill wants them worked on: their turns are in this order."""
        by_item = {id(offer.item): offer for offer in offers}
        backfill = self.follows.options.backfill
        return [by_item[id(item)] for item in backfill.in_order([o.item for o in offers])]

    async def _with_decisions(self, offers: Sequence[Offer]) -> list[Offer]:
        source_id = self.follows.source_id
        keys = {key for offer in offers for key in (offer.key, *offer.item.keys)}
        by_key = await store.states_of(self.session, source_id, list(keys))
        media_ids = [offer.media_id for offer in offers if offer.media_id is not None]
        taken = await store.taken_media(self.session, source_id, media_ids)
        return [
            replace(offer, before=store.TAKEN_BEFORE)
            if offer.media_id in taken
            else self._with_decision(offer, by_key)
            for offer in offers
        ]

    def _with_decision(self, offer: Offer, by_key: Mapping[str, store.Decided]) -> Offer:
        """Return an offer with what was decided under its key, unless that was of another item.

        What was removed is no recording any more that could hold a key it shared by mistake.
        """
        before = by_key.get(offer.key)
        is_removed = before is not None and before.reason == store.REMOVED
        if not is_removed or self.removals.of(offer.item, self.follows.profiles):
            return replace(offer, before=before)
        free = [key for key in offer.item.keys if key not in by_key]
        key = free[0] if free else last_resort_key(offer.item)
        return replace(offer, key=key, before=None)

    def _is_over(self, offer: Offer) -> bool:
        """Return whether an item was decided, and not put off until now."""
        before = offer.before
        if before is None or before.state != store.LATER:
            return before is not None
        return before.decide_at is not None and before.decide_at > self.now

    def _chosen(self, offers: Iterable[Offer]) -> frozenset[str]:
        """Return which items from before the source was followed are wanted and not there yet."""
        old = {
            offer.item.keys[0]: offer
            for offer in offers
            if not self._is_fresh(offer) and self._counts(offer)
        }
        known = [key for key, offer in old.items() if offer.before is not None]
        picked = plan_backfill(
            [offer.dated for offer in old.values()], self.follows.options.backfill, known
        )
        later = [offer.key for offer in old.values() if not self._is_over(offer) and offer.before]
        return frozenset([*later, *(old[item.keys[0]].key for item in picked)])

    def _counts(self, offer: Offer) -> bool:
        """Return whether an item is one of those that the backfill counts: the rules take it.

        What they left stays left though another look tells less of it.
        """
        before = offer.before
        counted = (BACKFILL, store.REMOVED)
        if before is not None and before.state == store.LEFT and before.reason not in counted:
            return False
        return not isinstance(self._judged(offer.dated), NotTaken)

    def _judged(self, item: FoundItem) -> Verdict:
        return judge(self.poll.as_told(item), self.follows.options.rules, self.now)

    def _is_fresh(self, offer: Offer) -> bool:
        """Return whether an item came since the source is followed.

        Its date tells; else that it stands above all that was offered before, or that everything
        else was. What is added to a playlist is as new as that, whatever its date.
        """
        item = offer.item
        at = item.facts.published_at or item.starts_at
        if at is not None and at >= self.follows.followed_since:
            return True
        if offer.before is not None:
            return False
        is_new = self.follows.knows_all and (at is None or item.keys[0].startswith("youtube:"))
        return is_new or (at is None and offer.key in self.on_top)

    async def _take_one(self, offer: Offer, opening: videos.Opening, *, is_chosen: bool) -> None:
        """Bring what is known of a recording up to date, and decide what nobody decided yet.

        What a person removed is not taken again.
        """
        is_over = self._is_over(offer)
        if offer.media_id is not None:
            changed = await self._refresh(offer.media_id, offer, opening)
            self.took.refreshed += changed
            self.took.known += not changed
        elif is_over:
            self.took.known += 1
        if not is_over:
            await self._decide(offer, opening, is_chosen=is_chosen)

    async def _refresh(self, media_id: int, offer: Offer, opening: videos.Opening) -> bool:
        item = offer.item
        stored = await recordings.read_facts(self.session, media_id)
        if stored is None:
            return False
        before = await store.item_of(self.session, media_id)
        await store.add_keys(self.session, media_id, offer.new_keys)
        is_anothers = stored.source_id not in (None, self.follows.source_id)
        if is_anothers or before == item:
            return False  # where two sources have it, they would contradict each other for ever
        await store.set_item(self.session, media_id, item)
        wanted = fact_columns(item.facts)
        wanted.pop("url", None)
        changed = changed_columns(wanted, stored)
        if changed:
            await recordings.update_media(self.session, media_id, changed)
        offers_more = before is not None and before.transcripts != item.transcripts
        told_ms = (stored.values["duration_ms"], changed.get("duration_ms"))
        if offers_more or was_cut(*told_ms):
            await reopen_transcription(self.session, media_id, self.now)
        if "title" in changed:
            await videos.reopen_videos(self.session, media_id, opening, ["title"], forgets=False)
        return bool(changed) or offers_more

    async def _decide(self, offer: Offer, opening: videos.Opening, *, is_chosen: bool) -> None:
        is_fresh, verdict = self._is_fresh(offer), self._judged(offer.dated)
        if not is_fresh and not is_chosen and not isinstance(verdict, NotTaken):
            self._leave(offer, BACKFILL, told_left(offer.dated, self.follows.options.backfill))
            return
        removed = self.removals.of(offer.item, self.follows.profiles)
        match verdict:
            case Taken() if len(removed) == len(set(self.follows.profiles)):
                self._leave(offer, store.REMOVED, removals.told(max(removed.values())))
            case Taken(undecided):
                media_id = offer.media_id
                if media_id is None:
                    bonus = videos.FRESH_PRIORITY if is_fresh else 0
                    media_id = await self._open(offer, opening, bonus)
                else:
                    await self._join(media_id, offer, opening)
                backfill = self.follows.options.backfill
                unreached = () if is_fresh else undecided_of(offer.dated, backfill)
                self._note_taken(offer, media_id, undecided, unreached)
            case NotTaken(reason, detail):
                self._leave(offer, reason, detail)
            case Later(until, reason, detail):
                self.took.later += 1
                told = {"reason": reason, "detail": detail, "decide_at": until}
                self._note(offer, store.LATER, **told, item=_kept(offer.item))

    def _leave(self, offer: Offer, reason: str, detail: str) -> None:
        self.took.left[reason] = self.took.left.get(reason, 0) + 1
        self._note(offer, store.LEFT, reason=reason, detail=detail)

    def _profiles(self, offer: Offer) -> list[str]:
        """Return the profiles that an item is taken for: those it was not removed under."""
        removed = self.removals.of(offer.item, self.follows.profiles)
        return [profile for profile in self.follows.profiles if profile not in removed]

    async def _open(self, offer: Offer, opening: videos.Opening, bonus: int) -> int:
        """Return the id of a new recording with its transcription and videos."""
        item = offer.item
        priority = videos.priority_of(self.follows.priority, bonus)
        media_id = await self._new_media(offer)
        await store.add_keys(self.session, media_id, offer.new_keys or [offer.key])
        await store.set_item(self.session, media_id, item)
        await open_transcription(self.session, media_id, opening, priority)
        for profile in self._profiles(offer):
            await videos.open_video(
                self.session,
                media_id,
                profile,
                opening,
                _told(item),
                videos.Queueing(priority, waits=True),
            )
        self.took.taken += 1
        return media_id

    async def _join(self, media_id: int, offer: Offer, opening: videos.Opening) -> None:
        """Open the videos that a source adds to a recording which another one brought."""
        for profile in self._profiles(offer):
            await videos.open_video(self.session, media_id, profile, opening, _told(offer.item))

    async def _new_media(self, offer: Offer) -> int:
        item = offer.item
        facts = fact_columns(item.facts)
        creator = item.facts.creator or self.follows.creator
        facts.setdefault("language", self.poll.language)
        return await recordings.insert_media(
            self.session,
            {
                "identity": offer.key,
                "creator_id": await recordings.creator_id(self.session, creator, self.now),
                "source_id": self.follows.source_id,
                "title": item.facts.title or item.link or item.keys[0],
                "created_at": self.now,
                **facts,
                "url": playing_url(item),
            },
        )

    def _note_taken(
        self,
        offer: Offer,
        media_id: int,
        by_rules: tuple[str, ...],
        by_backfill: tuple[str, ...],
    ) -> None:
        """Write down what is taken, and what of it the rules and the backfill could not tell.

        The page of a recording that is there is looked at for whoever brought it.
        """
        asks_page = offer.media_id is None and offer.item.has_page
        detail = told_open((*by_rules, *by_backfill), asks_page=asks_page)
        kept = _kept(offer.item) if asks_page and by_backfill else None
        self._note(offer, store.TAKEN, detail=detail, media_id=media_id, item=kept)

    def _note(self, offer: Offer, state: str, **said: object) -> None:
        """Add the row of an item; `said` are the columns that are not empty."""
        nothing = dict.fromkeys(("reason", "detail", "item", "decide_at", "media_id"))
        self.rows.append(
            {
                "source_id": self.follows.source_id,
                "key": offer.key,
                "title": offer.item.facts.title or offer.item.link or offer.item.keys[0],
                "published_at": offer.item.facts.published_at,
                "state": state,
                "seen_at": self.now,
                **nothing,
                **said,
            }
        )


def _kept(item: FoundItem) -> dict[str, Any]:
    return item.model_dump(mode="json", exclude_defaults=True)


def playing_url(item: FoundItem) -> str | None:
    """Return the address at which an item plays from a second on: YouTube's page, else the file."""
    if item.keys[0].startswith("youtube:"):
        return item.link
    return item.media_url or item.link


def _told(item: FoundItem) -> dict[str, Any]:
    return {"key": item.keys[0], **({"link": item.link} if item.link else {})}
