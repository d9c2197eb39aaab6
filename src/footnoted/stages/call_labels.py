"""Labels of calls about several videos: they name whose words the question holds.

So a video that is erased takes the answers about its words along, and no others: what was written
from other videos stays paid for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def label_of(video_ids: Iterable[int], part: str) -> str:
    """Return the label of a call that shows words of these videos and of no other."""
    return f"video-{'+'.join(map(str, sorted(set(video_ids))))}/{part}"


def pattern_of_others(video_id: int) -> str:
    """Return the regular expression of labels that say a call holds no word of a video."""
    return rf"^video-(?!(?:\d+\+)*{video_id}(?:\+|/))\d+(?:\+\d+)*/"
