"""Figure R9.poll: 500 feeds on 50 hosts, looked at twice through the real web edge.

The hosts are addresses of this machine (127.0.1.1 to 127.0.1.50) with ten feeds each; the edge is
the one of the program, with its usual pace (a request a second and one connection per host) and its
book of hosts in PostgreSQL. Four looks run at once, as the program's usual settings have it; a host
that is asked to be left alone for a moment is come back to, as the machine does. The second round
must get nothing but 304. The servers count how many requests of one host are open at once.
"""

from __future__ import annotations

import asyncio
import heapq
import random
import time
from collections import Counter, defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stand import finish, open_stand, report

from footnoted.clock import SystemClock
from footnoted.fetch.port import HostRestsError
from footnoted.fetch.web.assembly import make_gate, make_web
from footnoted.settings import Settings
from footnoted.sources.feeds.follower import FeedFollower
from footnoted.sources.items import Place, PollState
from tests.fakes.web_server import Page, WebServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from footnoted.db.session import Database
    from footnoted.sources.items import Poll

TIME_LIMIT_S = 900
HOSTS, FEEDS_EACH, ITEMS = 50, 10, 50
LIMIT_S = 60.0
ANSWER_S = 0.05
"""How long a server takes: a request must be open for a while to meet another one."""


@dataclass
class Hosting(WebServer):
    """Serves feeds that do not change."""

    def page_for(self, path: str, headers: Mapping[str, str]) -> Page | None:
        """Return a feed, or that it is unchanged for whoever has it."""
        tag = f'ETag: "{path}"'
        if headers.get("if-none-match") == f'"{path}"':
            return Page(status="304 Not Modified", headers=(tag,))
        kind = "Content-Type: application/rss+xml"
        return Page(feed(path), headers=(tag, kind)) if path.startswith("/feed") else None


@dataclass
class Round:
    """What 500 looks brought; `waits` are looks that were put off by the gate."""

    polls: dict[int, Poll] = field(default_factory=dict)
    seconds: float = 0.0
    waits: int = 0


def feed(path: str) -> bytes:
    """Return a podcast of some length."""
    items = "".join(
        f"<item><title>Episode {at} of {path}</title><guid>{at}</guid>"
        f"<pubDate>Mon, {at % 27 + 1:02} Jan 2025 0{at % 10}:00:00 GMT</pubDate>"
        f"<description>{'What was said. ' * 20}</description>"
        f'<enclosure url="https://cdn.example{path}/{at}.mp3" length="1" type="audio/mpeg"/></item>'
        for at in range(ITEMS)
    )
    return f'<rss version="2.0"><channel><title>{path}</title>{items}</channel></rss>'.encode()


@asynccontextmanager
async def hosts() -> AsyncIterator[tuple[list[str], list[Hosting]]]:
    """Yield the addresses of all feeds, and the servers behind them."""
    servers, listeners, urls = [], [], []
    for number in range(1, HOSTS + 1):
        server, address = Hosting(delay_s=ANSWER_S), f"127.0.1.{number}"
        listener = await asyncio.start_server(server.serve, address, 0)
        port = listener.sockets[0].getsockname()[1]
        urls += [f"http://{address}:{port}/feed{at}" for at in range(FEEDS_EACH)]
        servers.append(server)
        listeners.append(listener)
    try:
        yield urls, servers
    finally:
        for listener in listeners:
            listener.close()


async def look_at_all(
    follower: FeedFollower, urls: list[str], states: Mapping[int, PollState], workers: int
) -> Round:
    """Return what looking at every feed once brought, as soon as each is due."""
    done = Round()
    due: list[tuple[float, int]] = [(0.0, number) for number in range(len(urls))]
    random.Random(4).shuffle(due)
    due = [(index * 1e-9, number) for index, (_, number) in enumerate(due)]
    heapq.heapify(due)
    began_s = time.monotonic()

    async def work() -> None:
        while due:
            at_s, number = heapq.heappop(due)
            await asyncio.sleep(max(0.0, at_s - (time.monotonic() - began_s)))
            place = Place(source_id=number, locator=urls[number], state=states[number])
            now = datetime.now(UTC)
            try:
                done.polls[number] = await follower.look(place, now)
            except HostRestsError as rest:
                done.waits += 1
                wait_s = (rest.until - now).total_seconds()
                heapq.heappush(due, (time.monotonic() - began_s + max(wait_s, 0.0), number))

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
    done.seconds = time.monotonic() - began_s
    return done


async def measure(database: Database, folder: Path) -> tuple[Round, Round, int, int]:
    """Return both rounds, the most requests open at one host, and how many were made."""
    settings = Settings(data_dir=folder, allow_private_addresses=True)
    clock = SystemClock()
    web = make_web(settings, make_gate(settings, database, clock), clock)
    follower = FeedFollower(web, clock)
    try:
        async with hosts() as (urls, servers):
            fresh: defaultdict[int, PollState] = defaultdict(PollState)
            workers = settings.concurrency_fetch
            first = await look_at_all(follower, urls, fresh, workers)
            states = {number: poll.state for number, poll in first.polls.items()}
            second = await look_at_all(follower, urls, states, workers)
    finally:
        await web.aclose()
    at_once = max(max(server.most_at_once.values()) for server in servers)
    return first, second, at_once, sum(len(server.asked) for server in servers)


async def main() -> bool:
    """Print the figure and return whether it holds."""
    async with open_stand() as stand:
        first, second, at_once, asked = await measure(stand.database, stand.folder)
    found = Counter(len(poll.items) for poll in first.polls.values())
    unchanged = sum(poll.is_unchanged for poll in second.polls.values())
    feeds = HOSTS * FEEDS_EACH
    slower_s = max(first.seconds, second.seconds)
    holds = (
        slower_s < LIMIT_S
        and at_once == 1
        and found == {ITEMS: feeds}
        and unchanged == feeds
        and asked == 2 * feeds
    )
    note = (
        f"{feeds} feeds on {HOSTS} hosts, {asked} requests, {at_once} at a time per host at most;"
        f" first {first.seconds:.1f} s, again {second.seconds:.1f} s with {unchanged} unchanged;"
        f" put off {first.waits + second.waits}"
    )
    return report("R9.poll", f"{slower_s:.1f}", "s", "< 60", holds=holds, note=note)


finish(asyncio.run(main()))
