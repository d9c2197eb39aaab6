"""How sources are looked at and files are fetched."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pydantic reads it

from pydantic import Field

from footnoted.settings.shapes import Count, Part, Seconds, SecondsOrZero


class SourceSettings(Part):
    """Pauses, patience and limits on the way to recordings."""

    profile: str = Field(
        default="techniques", description="Profile of items added without a --profile."
    )
    poll_interval_s: Seconds = Field(
        default=5.0, description="Longest pause between two looks for work."
    )
    source_poll_interval_s: Count = Field(
        default=300, description="Pause between two scans of a followed folder."
    )
    file_settle_s: SecondsOrZero = Field(
        default=2.0, description="Age below which a file counts as still being written."
    )
    allow_private_addresses: bool = Field(
        default=False,
        description="Ask private and loopback addresses too: feeds of your own network.",
    )
    host_gap_s: SecondsOrZero = Field(
        default=1.0, description="Least pause between two requests to one host."
    )
    host_connections: Count = Field(default=1, description="Connections to one host at once.")
    host_paces: str = Field(
        default="",
        description="Pauses of single hosts (and connections): youtube.com=5,my.host=0.1/4,...",
    )
    media_max_gb: float = Field(
        default=100.0,
        gt=0,
        le=1_000_000,
        description="Most that uploads and downloads may take in the data folder (10^9 bytes).",
    )
    ytdlp_command: str | None = Field(
        default=None,
        description="Command that runs yt-dlp; unset: the one installed with footnoted.",
    )
    ytdlp_cookies_file: Path | None = Field(
        default=None, description="Cookies for yt-dlp, a file in Netscape's format; it is copied."
    )
    ytdlp_timeout_s: Seconds = Field(
        default=300.0, description="Longest time of one yt-dlp run; listings and sound get 4 times."
    )
