"""The choices of `footnoted jobs` are those of its report."""

from __future__ import annotations

from footnoted.cli.choices import JobStateChoice
from footnoted.pipeline.reports.jobs.store import JobState


def test_every_state_of_a_job_can_be_asked_for() -> None:
    """A state that the option does not name could not be asked for."""
    assert [(c.name, c.value) for c in JobStateChoice] == [(s.name, s.value) for s in JobState]
