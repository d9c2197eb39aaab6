"""Which outcomes a person hears of, as a table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from footnoted.model.claim import Claim
from footnoted.model.outcome import Advanced, Failed, Lost, Outcome, Stopped, Waiting
from footnoted.model.status import ItemKind
from footnoted.pipeline.alerts.alert import Alert, alert_of, ended_by

NOW = datetime(2026, 3, 4, tzinfo=UTC)
VIDEO = Claim(ItemKind.VIDEO, 7, "techniques", "discovered", 1)
SOURCE = Claim(ItemKind.SOURCE, 3, "", "due", 1)
AWAY = Waiting(NOW, "source_unreachable", "/mnt/x: no such folder")


@pytest.mark.parametrize(
    ("claim", "outcome", "expected"),
    [
        (
            VIDEO,
            Stopped("quarantined", "kills_process", "it died"),
            Alert("kills_process", "video 7", "it died"),
        ),
        (SOURCE, AWAY, Alert("source_unreachable", "source 3", "/mnt/x: no such folder")),
        (VIDEO, AWAY, None),
        (SOURCE, Waiting(NOW, "backoff"), None),
        (VIDEO, Stopped("quarantined", "quality_wpm", "too fast"), None),
        (VIDEO, Failed("unexpected", "oops"), None),
        (VIDEO, Advanced("transcribed"), None),
        (VIDEO, Lost(), None),
    ],
)
def test_crashes_and_absent_sources_are_alerts(
    claim: Claim, outcome: Outcome, expected: Alert | None
) -> None:
    """A video whose file is away waits in status; only its source is worth an alert."""
    assert alert_of(claim, outcome) == expected


def test_a_look_that_succeeds_ends_the_alert_of_its_source() -> None:
    """Videos end none: theirs ends when somebody handles it."""
    assert ended_by(SOURCE, Advanced("followed")) == "source_unreachable"
    assert ended_by(SOURCE, AWAY) is None
    assert ended_by(VIDEO, Advanced("transcribed")) is None
