"""Names stand where they were said, and only there."""

from __future__ import annotations

from footnoted.llm.brain_tasks import EntitiesAnswer, NamedEntity
from footnoted.profiles.brain.entity_binding import bind_entities
from footnoted.profiles.brain.types import EntitiesOutput, Fix
from tests.fakes.brain import given_entities

LINES = (
    "Ada: I met Grace Oduya from Northwind Labs",
    "Ada: yesterday, and Grace said that Northwind Labs",
    "Bo: is it Northwind Labs or Southwind that pays?",
)


def _entity(name: str, entity_type: str, quote: str, *written: str, cue: int = 0) -> NamedEntity:
    return NamedEntity(
        name=name,
        type=entity_type,
        written=written or (name,),
        quote=quote,
        first_cue=cue,
        last_cue=cue,
    )


def _bound(*entities: NamedEntity) -> EntitiesOutput:
    return bind_entities(given_entities(*LINES), [EntitiesAnswer(entities=entities)])


def _places(out: EntitiesOutput, name: str) -> list[tuple[int, int | None, int | None, str]]:
    identity = next(each.name_id for each in out.names if each.name == name)
    return [
        (each.first_cue, each.start_char, each.end_char, each.surface)
        for each in out.mentions
        if each.name_id == identity and each.role == "named"
    ]


def test_every_place_of_a_name_is_found_by_its_characters() -> None:
    """The model names one; the positions are those of the cues, in the whole topic."""
    quote = "I met Grace Oduya from Northwind Labs"
    out = _bound(_entity("Northwind Labs", "organization", quote))
    assert _places(out, "Northwind Labs") == [
        (0, 23, 37, "Northwind Labs"),
        (1, 31, 45, "Northwind Labs"),
        (2, 6, 20, "Northwind Labs"),
    ]
    for number, start, end, surface in _places(out, "Northwind Labs"):
        assert LINES[number].partition(": ")[2][start:end] == surface


def test_a_first_name_is_counted_with_the_full_one() -> None:
    """`Grace` is Grace Oduya here; both ways of writing are kept at their places."""
    quote = "I met Grace Oduya from Northwind Labs"
    out = _bound(_entity("Grace Oduya", "person", quote, "Grace Oduya", "Grace"))
    assert _places(out, "Grace Oduya") == [(0, 6, 17, "Grace Oduya"), (1, 15, 20, "Grace")]


def test_what_was_not_said_is_no_name() -> None:
    """An invented quote, an unknown type, a name that is nowhere: each is counted, none stands."""
    said = "is it Northwind Labs or Southwind that pays?"
    out = _bound(
        _entity("Southwind", "company", said, cue=2),
        _entity("Westwind", "organization", said, cue=2),
        _entity("Southwind", "organization", "Southwind has always paid for all of us", cue=2),
    )
    assert [each.name for each in out.names if not each.is_sure] == []
    assert out.counts["rejected_type"] == 1
    assert out.counts["rejected_unheard"] == 1
    assert out.counts["evidence_rejected"] == 1


def test_who_speaks_is_a_person_for_sure_and_speakers_without_a_name_are_nobody() -> None:
    """A label is no guess; `Speaker 2` is not a name."""
    given = given_entities("Ada | Labs: Good morning to all of you", "Speaker 2: Good morning")
    out = bind_entities(given, [EntitiesAnswer(entities=())])
    assert [(each.name, each.type, each.is_sure) for each in out.names] == [("Ada", "person", True)]
    assert [(each.role, each.start_char) for each in out.mentions] == [("speaks", None)]


def test_a_corrected_name_is_cited_as_it_was_heard() -> None:
    """The model reads `Parithosh`; evidence and characters are those of `Paridosh`."""
    heard = "I believe that Paridosh is handling all of this"
    fix = Fix(
        cue=0, start_char=15, end_char=23, before="Paridosh", after="Parithosh", reason="glossary"
    )
    given = given_entities(heard, fixes=(fix,))
    entity = _entity("Parithosh", "person", "I believe that Parithosh is handling all of this")
    out = bind_entities(given, [EntitiesAnswer(entities=(entity,))])
    assert _places(out, "Parithosh") == [(0, 15, 23, "Paridosh")]
    assert {bound.evidence.text for bound in out.evidence} == {heard}
    assert out.counts["evidence_exact"] == 1


def test_a_name_of_a_later_topic_stands_in_its_own_cue() -> None:
    """Positions count from the cue's own beginning, never from that of a chunk."""
    given = given_entities(*LINES)
    topics = tuple(
        given.topics[0].model_copy(update={"position": n, "first_cue": first, "last_cue": last})
        for n, (first, last) in enumerate([(0, 1), (2, 2)])
    )
    southwind = _entity("Southwind", "organization", "is it Northwind Labs or Southwind", cue=2)
    labs = _entity("Northwind Labs", "organization", "is it Northwind Labs or Southwind", cue=2)
    answers = [EntitiesAnswer(entities=()), EntitiesAnswer(entities=(southwind, labs))]
    out = bind_entities(given.model_copy(update={"topics": topics}), answers)
    assert _places(out, "Southwind") == [(2, 24, 33, "Southwind")]
    assert _places(out, "Northwind Labs") == [(2, 6, 20, "Northwind Labs")]


def test_binding_again_gives_the_same_ids() -> None:
    """Ids follow from what was found and where, so that saving it twice saves it once."""
    quote = "I met Grace Oduya from Northwind Labs"
    entity = _entity("Northwind Labs", "organization", quote)
    assert _bound(entity) == _bound(entity)
