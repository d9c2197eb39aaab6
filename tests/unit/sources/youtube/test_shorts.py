"""Whether a video is a Short."""

from __future__ import annotations

from typing import Any

import pytest

from footnoted.sources.youtube.shorts import is_short

UPRIGHT = {"formats": [{"vcodec": "avc1", "width": 1080, "height": 1920}]}
WIDE = {"formats": [{"vcodec": "avc1", "width": 1920, "height": 1080}]}

CASES: tuple[tuple[dict[str, Any], float | None, bool | None], ...] = (
    ({"media_type": "short"}, 40_000, True),
    ({"original_url": "https://www.youtube.com/shorts/dQw4w9WgXcQ"}, 40_000, True),
    ({"url": "https://www.youtube.com/shorts/dQw4w9WgXcQ"}, None, True),
    ({"media_type": "short"}, 181_000, False),
    ({"media_type": "video", **UPRIGHT}, 40_000, False),
    ({"media_type": "livestream", **UPRIGHT}, 40_000, False),
    ({"live_status": "was_live", **UPRIGHT}, 40_000, False),
    (UPRIGHT, 40_000, True),
    ({"aspect_ratio": 0.56}, 40_000, True),
    (WIDE, 40_000, False),
    ({"title": "a joke #Shorts"}, 40_000, True),
    ({"title": "a joke #Shorts", **WIDE}, 40_000, False),
    ({"title": "a talk"}, 40_000, None),
    ({"title": "a talk"}, None, None),
    ({}, None, None),
)


@pytest.mark.parametrize(("info", "duration_ms", "expected"), CASES)
def test_several_signals_tell(
    info: dict[str, Any], duration_ms: int | None, *, expected: bool | None
) -> None:
    """One that goes away leaves the others (complaint 11); nothing said stays unknown."""
    assert is_short(info, duration_ms) is expected
