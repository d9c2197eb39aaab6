"""A meeting through the installed program: minutes, entities and graph, each citing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Home


def test_a_meeting_is_minuted_named_and_connected(new_home: Home, project_root: Path) -> None:
    """Two samples, no key: what people read, what programs read, and one sentence for a mistake."""
    samples = project_root / "samples"
    paths = [
        str(samples / name)
        for name in ("ferry-app-release-planning.vtt", "ferry-app-retrospective.docx")
    ]
    assert new_home.run("add", "--profile", "brain", *paths).returncode == 0
    assert new_home.run("run", "--drain").returncode == 0
    minutes = new_home.run("minutes", "1", "--changes").stdout
    named = new_home.ask("entities", "--type", "person", "--limit", "2")["entities"]
    path = new_home.run("graph", "Tomasz", "--path-to", "Malik").stdout
    graphml = new_home.run("graph", "Tomasz", "--format", "graphml").stdout
    wrong = new_home.run("graph", "Thomas")
    assert "indexed: text indexed, entities extracted, graph built" in minutes
    assert "\nSummary\n  We can't do that on production" in minutes
    assert "Tomasz writes the backfill job.  (Tomasz)" in minutes
    assert [(each["name"], each["videos"]) for each in named] == [("Priya", 2), ("Tomasz", 2)]
    assert all(each["citations"] for each in named)
    assert path.startswith("Tomasz - Ines - Malik\n")
    assert ET.fromstring(graphml).tag.endswith("graphml")  # noqa: S314 - our own
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "footnoted: there is no entity 'Thomas'; did you mean Tomasz?\n",
    )
