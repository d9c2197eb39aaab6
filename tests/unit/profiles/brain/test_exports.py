"""The graph in other programs' formats: complete, well-formed, and with nothing that breaks out."""

from __future__ import annotations

import json
import re
from uuid import UUID
from xml.etree import ElementTree as ET

from footnoted.profiles.brain.graph.entity import Citation, Edge, Entity, Subgraph
from footnoted.profiles.brain.graph.exports import to_cypher, to_graphml, to_jsonld

ADA, LABS = UUID(int=1), UUID(int=2)
BAD = "O'Hara \\ </graphml> \x07'}) DETACH DELETE n //"


def _citation(quote: str) -> Citation:
    return Citation(
        evidence_id=UUID(int=9),
        video_id=1,
        video_title="Call",
        published_at=None,
        quote=quote,
        first_cue=0,
        start_char=None,
        last_cue=0,
        end_char=None,
        start_ms=4_000,
        link="https://video.example/watch?v=call&t=4",
    )


def _entity(identity: UUID, name: str, entity_type: str) -> Entity:
    return Entity(
        id=identity,
        name=name,
        type=entity_type,
        named=2,
        videos=1,
        speaks=False,
        aliases=("Al",),
        is_resolved=True,
    )


GRAPH = Subgraph(
    entities=(_entity(ADA, BAD, "person"), _entity(LABS, "Labs", "organization")),
    edges=(
        Edge(
            source_id=ADA,
            target_id=LABS,
            kind="stated",
            predicate="works 'at'",
            times=2,
            videos=1,
            citations=(_citation("she's at Labs"),),
        ),
    ),
)
CITED = {ADA: [_citation("line\none")]}
_XML = "{http://graphml.graphdrawing.org/xmlns}"


def test_graphml_has_every_entity_and_edge_with_declared_keys() -> None:
    """It parses, its edges end at its nodes, and no data has a key that is not declared."""
    root = ET.fromstring(to_graphml(GRAPH, CITED))  # noqa: S314 - our own
    nodes = {node.get("id") for node in root.iter(f"{_XML}node")}
    edges = [(edge.get("source"), edge.get("target")) for edge in root.iter(f"{_XML}edge")]
    keys = {key.get("id") for key in root.iter(f"{_XML}key")}
    assert nodes == {str(ADA), str(LABS)}
    assert edges == [(str(ADA), str(LABS))]
    assert {data.get("key") for data in root.iter(f"{_XML}data")} <= keys
    links = [data.text for data in root.iter(f"{_XML}data") if data.get("key") == "links"]
    assert "https://video.example/watch?v=call&t=4" in links


def test_no_cypher_string_ends_before_it_should() -> None:
    """Outside its strings, the script has nothing that was said in a recording."""
    script = to_cypher(GRAPH, CITED)
    bare = re.sub(r"'(?:[^'\\]|\\.)*'", "''", script)
    assert "DELETE" in script
    assert "DELETE" not in bare
    assert bare.count(";\n") == 3
    assert "MERGE (a)-[r:STATED {predicate: ''}]->(b)" in bare


def test_json_ld_names_things_by_their_types_and_cites() -> None:
    """Entities are of schema.org types, edges end at entities, both with quotations."""
    document = json.loads(to_jsonld(GRAPH, CITED))
    ada, labs, edge = document["@graph"]
    assert (ada["@type"], labs["@type"]) == ("Person", "Organization")
    assert {edge["source"], edge["target"]} == {ada["@id"], labs["@id"]}
    assert edge["citation"][0]["url"] == "https://video.example/watch?v=call&t=4"
    assert ada["subjectOf"][0]["text"] == "line\none"
