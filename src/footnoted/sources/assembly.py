"""The ways to the net as the settings want them: who follows places, and who gets their words."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from footnoted.fetch.port import OfflineError, WebRefusedError
from footnoted.fetch.web.addresses import is_this_machine, why_refused
from footnoted.fetch.web.assembly import make_gate, make_guard, make_web
from footnoted.fetch.ytdlp.limits import RunLimits
from footnoted.fetch.ytdlp.program import Place, YtDlpProgram
from footnoted.sources.feeds.follower import FeedFollower
from footnoted.sources.feeds.reading import read_feed
from footnoted.sources.items import FEED_KIND, SITE_KIND, YOUTUBE_KIND
from footnoted.sources.obtain.files import FileObtainer
from footnoted.sources.youtube.follower import YoutubeFollower
from footnoted.sources.youtube.obtainer import PageObtainer
from footnoted.sources.youtube.site import SiteFollower

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.fetch.web.client import HttpWeb
    from footnoted.fetch.web.gate import HostWitness
    from footnoted.settings import Settings
    from footnoted.sources.items import Follower
    from footnoted.sources.obtain.port import Obtainer

MAX_SOUND_BYTES = 2 * 2**30
"""The largest file with sound that is fetched: a day of speech in a usual podcast's quality."""


@dataclass(frozen=True, slots=True)
class Net:
    """Everything that asks the net; `close` it."""

    web: HttpWeb
    ytdlp: YtDlpProgram
    followers: dict[str, Follower]
    pages: Obtainer
    files: Obtainer

    async def close(self) -> None:
        """Close the connections that are open."""
        await self.web.aclose()


def make_net(
    settings: Settings, database: Database, clock: Clock, witness: HostWitness | None = None
) -> Net:
    """Return the ways to the net; nothing is asked yet.

    Raises ConfigurationError for a yt-dlp command or paces that cannot be read.
    """
    gate = make_gate(settings, database, clock, witness)
    web = make_web(settings, gate, clock)
    place = Place(settings.data_dir / "work", settings.ytdlp_command, settings.ytdlp_cookies_file)
    limits = RunLimits(timeout_s=settings.ytdlp_timeout_s)
    admit, guard = Admission(settings).admit, make_guard(settings)
    ytdlp = YtDlpProgram(place, gate, limits, admit=admit, guard=guard)
    followers: dict[str, Follower] = {
        FEED_KIND: FeedFollower(web, clock),
        YOUTUBE_KIND: YoutubeFollower(read_feed, web, ytdlp),
        SITE_KIND: SiteFollower(ytdlp),
    }
    return Net(
        web,
        ytdlp,
        followers,
        PageObtainer(ytdlp, max_sound_bytes=MAX_SOUND_BYTES),
        FileObtainer(web, MAX_SOUND_BYTES),
    )


class Admission:
    """Says by its name why yt-dlp is not let near a private network.

    Its proxy would refuse that too, after redirects as well, but yt-dlp tells of it as of a page
    that it does not know.
    """

    def __init__(self, settings: Settings) -> None:
        """Admit private addresses where the settings do, and none beyond us where they say so."""
        self._allow_private = settings.allow_private_addresses
        self._is_offline = settings.offline

    async def admit(self, url: str) -> None:
        """Return when `url` may be asked.

        Raises WebRefusedError for a private address, and OfflineError before a name is looked up.
        """
        split = urlsplit(url)
        host = split.hostname or ""
        if self._is_offline and not is_this_machine(host):
            raise OfflineError(host)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, split.port or 443)
        except OSError:
            return  # yt-dlp says in its turn that the name leads nowhere
        for *_, address in found:
            why = why_refused(str(address[0]), allow_private=self._allow_private)
            if why is not None:
                message = f"{host} is at {address[0]}, which is refused: {why}"
                raise WebRefusedError(message, failure_code="address_refused")
