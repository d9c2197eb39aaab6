"""What a look leaves open and an item's own page then tells: its date, its language, its age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.model.outcome import Stopped, Waiting
from footnoted.pipeline.controls.changing import change_source
from footnoted.sources.change import Particulars
from footnoted.sources.items import YOUTUBE_KIND, FoundItem, Poll
from footnoted.sources.net.adding import NetPlace, NewPlace, add_place
from footnoted.sources.net.asking import Asked
from footnoted.sources.net.store import offered
from footnoted.sources.net.take import Follows, take
from footnoted.sources.options import options_of_source
from footnoted.sources.port import Facts
from footnoted.sources.youtube.obtainer import PageObtainer
from footnoted.stages.obtain import Obtainers, ObtainOutput, ObtainStage
from tests.fakes.clock import FakeClock
from tests.fakes.machine import rows_of
from tests.fakes.ytdlp import FakeYtDlp, said
from tests.integration.sources.conftest import NO_CONTEXT

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.db.session import Database

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OPEN = "its page tells the date of publication and whether it is of 2026-11-01 or later"
NOTED = f"{OPEN}: what does not fit is left then"


def video(name: str, *, is_file: bool = False) -> FoundItem:
    """Return an item of which a listing tells the name alone."""
    key, link = f"youtube:{name:a>11}", f"https://www.youtube.com/watch?v={name:a>11}"
    if is_file:
        file = f"https://pod.example/{name}.mp3"
        return FoundItem(keys=(f"url:{file}",), facts=Facts(title=name), media_url=file)
    return FoundItem(keys=(key,), facts=Facts(title=name), link=link)


@dataclass
class Channel:
    """A followed channel whose listing tells no dates, and the pages of its videos."""

    database: Database
    ytdlp: FakeYtDlp
    clock: FakeClock
    source_id: int = 0

    async def take(self, *items: FoundItem, at: str = "https://www.youtube.com/@ch") -> None:
        """Look, and write down what is there."""
        place = NewPlace(
            NetPlace(YOUTUBE_KIND, at),
            ["techniques"],
            Asked(backfill="since 2026-11-01", min_age="2d"),
        )
        source, _ = await add_place(self.database, place, clock=self.clock)
        self.source_id = source.id
        options = options_of_source(source.kind, source.options)
        follows = Follows(source.id, ["techniques"], "Ch", source.created_at, 0, options)
        async with self.database.transaction() as session:
            await take(session, Poll(items=items), follows, self.clock.now())

    def page(self, item: FoundItem, days: float | None) -> None:
        """Let the page of an item say how old it is; None says nothing."""
        info = {
            "id": item.keys[0].removeprefix("youtube:"),
            "title": item.facts.title,
            "live_status": "not_live",
            "duration": 600,
            "language": "en",
            "subtitles": {"en": [{"ext": "vtt", "url": "u"}]},
        }
        if days is not None:
            info["timestamp"] = int((NOW - days * DAY).timestamp())
        self.ytdlp.items[item.link or ""] = said(info)

    async def obtain(self, folder: Path, row_id: int) -> str:
        """Look at the page of a recording; return its outcome, written as the loop writes it."""
        pages = PageObtainer(self.ytdlp)
        stage = ObtainStage(Obtainers(pages, pages), self.clock, folder, hears=False)
        async with self.database.transaction() as session:
            given = await stage.load(session, row_id)
        out = await stage.run(given, NO_CONTEXT)
        async with self.database.transaction() as session:
            if isinstance(out, ObtainOutput):
                await stage.save(session, row_id, out)
                return "obtained"
            is_over = isinstance(out, Stopped)
            await session.execute(
                text("""UPDATE transcriptions SET status = COALESCE(:status, status),
                          failure_detail = :failure, wait_detail = :detail, wait_reason = :reason,
                          not_before = :until WHERE id = :id"""),
                {
                    "id": row_id,
                    "status": out.status if isinstance(out, Stopped) else None,
                    "failure": out.detail if is_over else None,
                    "detail": None if is_over else out.detail,
                    "reason": out.reason if isinstance(out, Waiting) else None,
                    "until": out.until if isinstance(out, Waiting) else None,
                },
            )
            if isinstance(out, Stopped):
                await session.execute(
                    text("""UPDATE videos SET status = :status WHERE media_id =
                              (SELECT media_id FROM transcriptions WHERE id = :id)"""),
                    {"id": row_id, "status": out.status},
                )
        return out.code if isinstance(out, Stopped) else f"{out.reason} until {out.until:%d.%m.}"

    async def told(self) -> dict[str, tuple[str, str | None]]:
        """Return by title what `source items` tells of each item."""
        async with self.database.transaction() as session:
            rows = await offered(session, self.source_id)
        return {row.title: (row.state, row.detail) for row in rows}


async def test_what_a_listing_does_not_tell_is_judged_by_the_page(
    database: Database, tmp_path: Path
) -> None:
    """Within the backfill or before it, old enough or not yet; nothing of the others is fetched.

    What nothing dates is left with that reason, and `source items` tells each as it is.
    """
    channel = Channel(database, FakeYtDlp(tracks={"en": b"WEBVTT"}), FakeClock(NOW))
    young, fits, old, bare = (video(name) for name in ("young", "fits", "old", "bare"))
    await channel.take(young, fits, old, bare, video("file", is_file=True))
    no_date = (
        "nothing tells its date, and the backfill is since 2026-11-01: a number or all takes it"
    )
    taken = ("taken", NOTED)
    assert await channel.told() == {
        **dict.fromkeys(("young", "fits", "old", "bare"), taken),
        "file": ("left", no_date),
    }
    for item, days in ((young, 1), (fits, 9), (old, 90), (bare, None)):
        channel.page(item, days)
    became = [await channel.obtain(tmp_path, row_id) for row_id in (1, 2, 3, 4)]
    assert became == ["too_young until 21.11.", "obtained", "backfill", "backfill"]
    assert [what for what in channel.ytdlp.asked if what[0] != "describe"] == [("captions", "en")]
    since = "and the backfill is since 2026-11-01"
    assert await channel.told() == {
        "young": ("later", "it is taken when it is 2d old"),
        "fits": ("taken", None),
        "old": ("left", f"it is of 2026-08-22, {since}"),
        "bare": ("left", f"its page does not tell its date, {since}"),
        "file": ("left", no_date),
    }
    asked = Asked(backfill="since 2026-08-01", min_age="36h")
    await change_source(database, channel.source_id, asked, clock=channel.clock)
    due = "SELECT not_before IS NULL FROM transcriptions ORDER BY id"
    assert [row[0] for row in await rows_of(database, due)] == [True] * 4
    assert await channel.obtain(tmp_path, 1) == "too_young until 21.11."
    channel.clock.advance(DAY.total_seconds())
    assert await channel.obtain(tmp_path, 1) == "obtained"
    assert (await channel.told())["old"] == taken, "what a page left is judged anew by it"
    assert [await channel.obtain(tmp_path, row_id) for row_id in (3, 4)] == ["obtained", "backfill"]
    await channel.take(young, fits, bare, at="https://www.youtube.com/@mirror")
    mirrored = await channel.told()
    assert [mirrored[title][0] for title in ("young", "fits", "bare")] == ["taken"] * 3
    joined = "nothing tells the date of publication and whether it is of 2026-11-01 or later"
    assert mirrored["bare"][1] == f"{joined}: it is taken without"
    assert mirrored["fits"][1] is None, "its date is known by its recording"


async def test_a_backfill_that_is_no_date_any_more_takes_nothing_older_than_the_following(
    database: Database, tmp_path: Path
) -> None:
    """Neither what its page had left nor what was not looked at yet; only `all` takes that.

    A profile that is added then gets them too, and counts only what was taken before.
    """
    channel = Channel(database, FakeYtDlp(tracks={"en": b"WEBVTT"}), FakeClock(NOW))
    items = [video(name) for name in ("old", "bare", "unseen", "fresh")]
    await channel.take(*items)
    for item, days in zip(items, (90, None, 80, -0.5), strict=True):
        channel.page(item, days)
    assert [await channel.obtain(tmp_path, row_id) for row_id in (1, 2)] == ["backfill"] * 2
    said, clock = Particulars(profiles=["techniques", "other"]), channel.clock
    clock.advance(3 * DAY.total_seconds())
    asked = Asked(backfill="none")
    changed = await change_source(database, channel.source_id, asked, said, clock=clock)
    assert changed.joined == 2
    assert await rows_of(database, "SELECT count(*) FROM videos WHERE profile = 'other'") == [(4,)]
    became = [await channel.obtain(tmp_path, row_id) for row_id in (1, 2, 3, 4)]
    assert became == ["backfill", "backfill", "backfill", "obtained"]
    told = await channel.told()
    assert (told["old"][1], told["bare"][1]) == (
        "it is of 2026-08-22, older than the following, and the backfill is none",
        "its page does not tell its date, and the backfill is none",
    )
    await change_source(database, channel.source_id, Asked(backfill="5"), clock=clock)
    assert [await channel.obtain(tmp_path, row_id) for row_id in (1, 2, 3)] == ["backfill"] * 3
    assert [what for what in channel.ytdlp.asked if what[0] != "describe"] == [("captions", "en")]
    await change_source(database, channel.source_id, Asked(backfill="all"), clock=clock)
    assert [await channel.obtain(tmp_path, row_id) for row_id in (1, 2, 3)] == ["obtained"] * 3
