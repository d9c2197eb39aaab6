"""Edges and points rest on what was said, and on nobody who was guessed."""

from __future__ import annotations

from footnoted.llm.brain_tasks import EntitiesAnswer, RelateAnswer, StatedPoint, StatedRelation
from footnoted.profiles.brain.entity_binding import bind_entities
from footnoted.profiles.brain.relate_binding import bind_relations
from footnoted.profiles.brain.types import HeardName, RelateInput, RelateOutput
from tests.fakes.brain import given_entities

LINES = (
    "Ada: I met Grace Oduya from Northwind Labs",
    "Ada: and Grace said she will write to us by Friday",
    "Bo: so we go with the second design then",
)
QUOTE = "I met Grace Oduya from Northwind Labs"


def _given() -> RelateInput:
    heard = given_entities(*LINES)
    found = EntitiesAnswer.model_validate(
        {
            "entities": [
                {"name": name, "type": of, "written": [name], "quote": QUOTE}
                | {"first_cue": 0, "last_cue": 0}
                for name, of in (("Grace Oduya", "person"), ("Northwind Labs", "organization"))
            ]
        }
    )
    out = bind_entities(heard, [found])
    return RelateInput(
        **heard.model_dump(exclude={"topics", "cues"}),
        cues=heard.cues,
        topics=heard.topics,
        names=out.names,
        mentions=out.mentions,
    )


def _bound(*points: StatedPoint, relations: tuple[StatedRelation, ...] = ()) -> RelateOutput:
    given = _given()
    return bind_relations(
        given, [_briefed(given)], [RelateAnswer(relations=relations, points=points)]
    )


def _briefed(given: RelateInput) -> list[HeardName]:
    return sorted(given.names, key=lambda each: each.name)


def _point(kind: str, quote: str, cue: int, **fields: str) -> StatedPoint:
    return StatedPoint.model_validate(
        {"kind": kind, "text": quote, "quote": quote, "first_cue": cue, "last_cue": cue, **fields}
    )


def _relation(source: int, target: int, quote: str = QUOTE) -> StatedRelation:
    return StatedRelation(
        source=source, predicate="works at", target=target, quote=quote, first_cue=0, last_cue=0
    )


def test_a_stated_relation_needs_two_names_and_its_words() -> None:
    """Indices outside the list, a name with itself, a quote nobody said: none of them stands."""
    names = [each.name for each in _briefed(_given())]
    assert names == ["Ada", "Bo", "Grace Oduya", "Northwind Labs"]
    out = _bound(
        relations=(
            _relation(2, 3),
            _relation(2, 9),
            _relation(2, 2),
            _relation(2, 3, "Grace has been at Northwind for eleven years now"),
        )
    )
    stated = [each for each in out.relations if each.kind == "stated"]
    assert [each.predicate for each in stated] == ["works at"]
    assert out.counts["rejected_index"] == out.counts["rejected_loop"] == 1
    assert out.counts["evidence_rejected"] == 1


def test_names_said_together_and_who_speaks_of_whom_need_no_model() -> None:
    """Every edge has both its ends among the names of the video, and a quote."""
    given = _given()
    out = _bound()
    ids = {each.name_id: each.name for each in given.names}
    shown = {(each.kind, ids[each.source_id], ids[each.target_id]) for each in out.relations}
    assert {edge for edge in shown if edge[0] == "speaks_of"} == {
        ("speaks_of", "Ada", "Grace Oduya"),
        ("speaks_of", "Ada", "Northwind Labs"),
    }
    assert {frozenset(edge[1:]) for edge in shown if edge[0] == "together"} == {
        frozenset(("Grace Oduya", "Northwind Labs"))
    }
    evidence = {bound.id for bound in out.evidence}
    assert {each.evidence_id for each in out.relations} <= evidence


def test_who_and_when_are_kept_only_as_they_were_said() -> None:
    """A first name is the person of that name; a stranger is nobody, a made-up day is no day."""
    quote = "Grace said she will write to us by Friday"
    out = _bound(
        _point("action", quote, 1, who="Grace", due="by Friday"),
        _point("action", "she will write to us by Friday", 1, who="Carol", due="by Monday"),
    )
    assert [(point.who, point.due) for point in out.points] == [
        ("Grace Oduya", "by Friday"),
        (None, None),
    ]
    assert (out.counts["rejected_who"], out.counts["rejected_due"]) == (1, 1)


def test_a_point_of_an_unknown_kind_is_refused() -> None:
    """A kind is never bent into one that is known."""
    out = _bound(_point("promise", "so we go with the second design then", 2))
    assert (out.points, out.counts["rejected_kind"]) == ((), 1)


def test_points_stand_in_the_order_they_were_said() -> None:
    """Whatever order the model gives them in."""
    out = _bound(
        _point("decision", "we go with the second design then", 2),
        _point("statement", QUOTE, 0),
    )
    assert [point.kind for point in out.points] == ["statement", "decision"]
