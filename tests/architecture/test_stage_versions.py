"""A stage whose code changed says whether its answers may: design.md, section 7."""

from __future__ import annotations

from tests.architecture.stage_versions import StageCode, stages_recorded, stages_today

HOW = """\
the code of {names} is not what was recorded. May its answers be other ones now? Then raise
`version`: what it made before is stale. In either case record today's code:
python -m tests.architecture.stage_versions"""


def test_no_stage_changes_without_a_decision_about_its_version() -> None:
    """Docstrings and comments may change freely."""
    today, recorded = stages_today(), stages_recorded()
    changed = sorted(name for name in today if recorded.get(name) != today[name])
    assert changed == [], HOW.format(names=", ".join(changed))
    assert sorted(recorded) == sorted(today)


def test_every_stage_has_a_version() -> None:
    """Counted from 1; the stages of all profiles are found."""
    stages = stages_today()
    assert len(stages) > 10
    assert all(isinstance(stage, StageCode) and stage.version >= 1 for stage in stages.values())
