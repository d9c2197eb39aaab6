"""News of a profile become alerts that are told once, and are forgotten when they are not so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.pipeline.alerts.delivery.desk import AlertDesk
from footnoted.pipeline.alerts.news import LOOKED_BACK, STAYS, NewsAlerts
from footnoted.pipeline.alerts.store import open_alerts
from footnoted.profiles.stocks.history.stance import EventKind
from footnoted.profiles.stocks.news import StanceNews
from footnoted.stages.news import STANCE_CHANGED, Edition, NewsItem
from tests.fakes.asker import FakeAsker
from tests.fakes.clock import START, FakeClock
from tests.fakes.receiver import FakeReceiver
from tests.fakes.workshop import Recording, Workshop

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.db.session import Database


@dataclass
class FakeNewsroom:
    """Tells what it is given; what is `true` stands."""

    fresh: list[str] = field(default_factory=list[str])
    true: set[str] = field(default_factory=set[str])
    asked_since: list[datetime] = field(default_factory=list)
    code: str = STANCE_CHANGED

    async def edition(self, session: AsyncConnection, since: datetime, now: datetime) -> Edition:
        """Return the news, and remember since when they were asked for."""
        del session, now
        self.asked_since.append(since)
        items = (NewsItem(self.code, name, f"about {name}") for name in self.fresh)
        return Edition(tuple(items), frozenset(self.true))


def _open(name: str) -> tuple[str, str, str]:
    return (STANCE_CHANGED, name, "open")


async def test_news_are_told_once_and_never_that_they_are_over(database: Database) -> None:
    """They are raised look after look, end by themselves, and are not opened again."""
    clock, receiver = FakeClock(), FakeReceiver()
    room = FakeNewsroom(["flip", "new"], {"flip", "new"})
    alerts = NewsAlerts(database, clock, [room])
    desk = AlertDesk(database, clock, [receiver])
    await desk.finish()
    for pause in (timedelta(0), timedelta(hours=1), STAYS, timedelta(days=1)):
        clock.advance(pause.total_seconds())
        await alerts.look()
        clock.advance(10)
        await desk.finish()
    async with database.transaction() as session:
        still_open = await open_alerts(session)
    assert receiver.told() == [[_open("flip"), _open("new")]]
    assert still_open == []
    assert room.asked_since[0] == START - LOOKED_BACK


async def test_what_is_not_so_any_more_is_forgotten_and_told_by_nobody(database: Database) -> None:
    """A recording that was removed takes what was concluded from it along."""
    clock, receiver = FakeClock(), FakeReceiver()
    room = FakeNewsroom(["flip", "new"], {"flip", "new"})
    alerts = NewsAlerts(database, clock, [room])
    await alerts.look()
    room.fresh, room.true = [], {"new"}
    await alerts.look()
    desk = AlertDesk(database, clock, [receiver])
    await desk.finish()
    room.true = set()
    await alerts.look()
    clock.advance(10)
    await desk.finish()
    async with database.transaction() as session:
        assert await open_alerts(session) == []
    assert receiver.told() == [[_open("new")]]


async def test_a_change_of_stance_reaches_the_receivers_where_it_was_asked_for(
    database: Database,
) -> None:
    """Real mentions, real SQL: the flip and nothing else; without kinds, nothing at all."""
    from footnoted.llm.extractive import answer_task  # noqa: PLC0415 - needs numpy and word lists
    from tests.fakes.stocks import make_stocks  # noqa: PLC0415 - the same

    shop = Workshop(database, make_stocks(), FakeAsker(answer_task))
    days = (await shop.scalar("SELECT EXTRACT(day FROM now() - timestamptz '2026-01-01')")) - 9
    told = (
        Recording("buys", ("I'm buying Nvidia shares for the long term.",), day=int(days)),
        Recording("sells", ("I sold all of my Nvidia shares today.",), day=int(days) + 7),
    )
    for recording in told:
        await shop.process(await shop.add(recording))
    clock = FakeClock(await shop.scalar("SELECT clock_timestamp()"))
    messages: list[list[str]] = []
    for kinds in ((), (EventKind.FLIP,)):
        await NewsAlerts(database, clock, [StanceNews(kinds)]).look()
        async with database.transaction() as session:
            messages.append([alert.message for alert in await open_alerts(session)])
    (message,) = messages[1]
    assert messages[0] == []
    assert "NVDA (NVIDIA Corporation), Ada: buy → sell" in message
    assert message.endswith("https://video.example/watch?v=sells&t=0")
