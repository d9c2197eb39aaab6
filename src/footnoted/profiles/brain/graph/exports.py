"""The graph in the formats of other programs: GraphML, Cypher and JSON-LD. Pure.

Every entity and edge carries its first quotes with their links. GraphML as in the primer
(http://graphml.graphdrawing.org/primer/graphml-primer.html), Cypher as Neo4j reads it, JSON-LD 1.1
with the words of schema.org.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from footnoted.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from footnoted.profiles.brain.graph.entity import Citation, Edge, Entity, Subgraph

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_LIMIT = 4_000
_KEYS = (
    ("name", "node", "string"),
    ("type", "node", "string"),
    ("named", "node", "int"),
    ("aliases", "node", "string"),
    ("predicate", "edge", "string"),
    ("kind", "edge", "string"),
    ("times", "edge", "int"),
    ("quotes", "all", "string"),
    ("links", "all", "string"),
)
_SCHEMA_TYPES = {
    "person": "Person",
    "organization": "Organization",
    "place": "Place",
    "product": "Product",
    "event": "Event",
    "work": "CreativeWork",
    "term": "DefinedTerm",
}


def to_graphml(graph: Subgraph, cited: Mapping[UUID, Sequence[Citation]]) -> str:
    """Return a GraphML document; quotes and links are one a line."""
    root = Element("graphml", {"xmlns": _NAMESPACE})
    for name, of, value_type in _KEYS:
        fields = {"id": name, "for": of, "attr.name": name, "attr.type": value_type}
        SubElement(root, "key", fields)
    body = SubElement(root, "graph", {"id": "footnoted", "edgedefault": "directed"})
    for entity in graph.entities:
        node = SubElement(body, "node", {"id": str(entity.id)})
        _put(node, {**_entity_fields(entity), **_quotes(cited.get(entity.id, ()))})
    for number, edge in enumerate(graph.edges):
        ends = {"source": str(edge.source_id), "target": str(edge.target_id)}
        line = SubElement(body, "edge", {"id": f"e{number}", **ends})
        _put(line, {**_edge_fields(edge), **_quotes(edge.citations)})
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def to_cypher(graph: Subgraph, cited: Mapping[UUID, Sequence[Citation]]) -> str:
    """Return statements that make the graph, and make it once however often they are run."""
    return "".join(f"{line};\n" for line in _statements(graph, cited))


def to_jsonld(graph: Subgraph, cited: Mapping[UUID, Sequence[Citation]]) -> str:
    """Return a JSON-LD document: entities as schema.org types, edges as statements about them."""
    document = {
        "@context": {
            "@vocab": "https://schema.org/",
            "footnoted": "urn:footnoted:",
            "source": {"@id": "footnoted:source", "@type": "@id"},
            "target": {"@id": "footnoted:target", "@type": "@id"},
            "predicate": "footnoted:predicate",
            "kind": "footnoted:kind",
            "times": "footnoted:times",
        },
        "@graph": [
            *(_node(entity, cited.get(entity.id, ())) for entity in graph.entities),
            *(_line(edge) for edge in graph.edges),
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _statements(graph: Subgraph, cited: Mapping[UUID, Sequence[Citation]]) -> Iterator[str]:
    for entity in graph.entities:
        fields = {**_entity_fields(entity), **_quotes(cited.get(entity.id, ()))}
        node = f"MERGE (n:Entity {{id: {_string(entity.id)}}})"
        yield f"{node} SET n += {_map(fields)}"
    for edge in graph.edges:
        fields = {**_edge_fields(edge), **_quotes(edge.citations)}
        ends = (
            f"MATCH (a:Entity {{id: {_string(edge.source_id)}}}),"
            f" (b:Entity {{id: {_string(edge.target_id)}}})"
        )
        key = _map({"predicate": edge.predicate})
        yield f"{ends} MERGE (a)-[r:{_relation_type(edge.kind)} {key}]->(b) SET r += {_map(fields)}"


def _node(entity: Entity, cited: Sequence[Citation]) -> dict[str, object]:
    return {
        "@id": f"urn:uuid:{entity.id}",
        "@type": _SCHEMA_TYPES.get(entity.type, "Thing"),
        "name": entity.name,
        "alternateName": list(entity.aliases),
        "subjectOf": [_quotation(each) for each in cited],
    }


def _line(edge: Edge) -> dict[str, object]:
    return {
        "@type": "footnoted:Relation",
        "source": f"urn:uuid:{edge.source_id}",
        "target": f"urn:uuid:{edge.target_id}",
        "predicate": edge.predicate,
        "kind": edge.kind,
        "times": edge.times,
        "citation": [_quotation(each) for each in edge.citations],
    }


def _quotation(cited: Citation) -> dict[str, object]:
    found = {"@type": "Quotation", "text": cited.quote, "isPartOf": cited.video_title}
    return {**found, "url": cited.link} if cited.link else dict(found)


def _put(parent: Element, fields: Mapping[str, str | int]) -> None:
    for name, value in fields.items():
        SubElement(parent, "data", {"key": name}).text = str(value)


def _entity_fields(entity: Entity) -> dict[str, str | int]:
    return {
        "name": one_line(entity.name, _LIMIT),
        "type": entity.type,
        "named": entity.named,
        "aliases": ", ".join(one_line(alias, _LIMIT) for alias in entity.aliases),
    }


def _edge_fields(edge: Edge) -> dict[str, str | int]:
    predicate = one_line(edge.predicate, _LIMIT)
    return {"predicate": predicate, "kind": edge.kind, "times": edge.times}


def _quotes(cited: Sequence[Citation]) -> dict[str, str | int]:
    return {
        "quotes": "\n".join(one_line(each.quote, _LIMIT) for each in cited),
        "links": "\n".join(each.link or "" for each in cited),
    }


def _map(fields: Mapping[str, str | int]) -> str:
    return "{" + ", ".join(f"{name}: {_value(value)}" for name, value in fields.items()) + "}"


def _value(value: str | int) -> str:
    return str(value) if isinstance(value, int) else _string(value)


def _string(value: str | UUID) -> str:
    """Return a Cypher string; nothing in it can end it (openCypher 9, string literals)."""
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


def _relation_type(kind: str) -> str:
    return re.sub(r"[^A-Z_]", "", kind.upper())
