"""A meeting through the installed program: minutes, entities and graph, each citing."""

from __future__ import annotations

import json
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
    minutes = new_home.ask("minutes", "1")
    read = new_home.run("minutes", "1", "--changes").stdout
    named = new_home.ask("entities", "--type", "person", "--limit", "2")
    one = new_home.run("entities", "Tomasz").stdout
    path = new_home.run("graph", "Tomasz", "--path-to", "Malik").stdout
    months = new_home.ask("graph", "Tomasz", "--over-time")["months"]
    graphml = new_home.run("graph", "Tomasz", "--format", "graphml").stdout
    linked = new_home.run("graph", "Tomasz", "--depth", "2", "--format", "jsonld").stdout
    wrong = new_home.run("graph", "Thomas")
    assert minutes["done"] == {
        "text_indexed": True,
        "entities_extracted": True,
        "graph_built": True,
    }
    assert "text indexed, entities extracted, graph built" in read
    assert "Tomasz writes the backfill job.  (Tomasz)" in read
    assert {point["kind"] for point in minutes["points"]} >= {"decision", "action", "question"}
    assert [(each["name"], each["videos"]) for each in named["entities"]] == [
        ("Priya", 2),
        ("Tomasz", 2),
    ]
    assert all(each["citations"] for each in named["entities"])
    assert "“Tomasz writes the backfill job.”" in one
    assert path.startswith("Tomasz - Ines - Malik\n")
    assert {month["name"] for month in months} == {"Ines", "Priya"}
    assert ET.fromstring(graphml).tag.endswith("graphml")  # noqa: S314 - our own
    assert {"Tomasz", "Ines"} <= {node.get("name") for node in json.loads(linked)["@graph"]}
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "footnoted: there is no entity 'Thomas'; did you mean Tomasz?\n",
    )
    assert new_home.run("verify").returncode == 0
