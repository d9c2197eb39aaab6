"""How much one run of yt-dlp may take."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True, slots=True)
class RunLimits:
    """Its time, what it may print, and the largest file it may write.

    A listing of a channel with tens of thousands of items prints some 30 MiB.
    """

    timeout_s: float = 300.0
    max_output_bytes: int = 96 * MIB
    max_messages_bytes: int = 256 * 1024
    max_file_bytes: int = 512 * MIB
