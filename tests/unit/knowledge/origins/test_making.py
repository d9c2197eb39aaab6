"""What a stage was made by, from its fingerprint's parts; and who was made alike."""

from __future__ import annotations

from footnoted.knowledge.origins.making import narrowed, origins_of, stage_making
from footnoted.knowledge.versions import Provenance

PARTS = {
    "stage": "classify",
    "version": "3",
    "model": "a>b",
    "prompt": "p",
    "prompt_subtopics": "s",
}


def test_parts_of_a_fingerprint_say_what_made_an_output() -> None:
    """Who answered is no part of them: the chain only says who may be asked."""
    made = stage_making({**PARTS, "category Bread": "c1"}, ["b", "a", "b"], "1.0 (abc)")
    assert (made.stage, made.version, made.models) == ("classify", 3, ("a", "b"))
    assert (made.prompts, made.program) == ({"classify": "p", "subtopics": "s"}, "1.0 (abc)")
    again = stage_making({**PARTS, "category Bread": "c2"}, ["a", "b"], "1.0 (abc)")
    assert (len(made.configuration), made.configuration != again.configuration) == (64, True)
    assert stage_making(PARTS, [], "").configuration == ""


def test_recordings_that_were_made_alike_are_named_together() -> None:
    """By their lowest id first; a page keeps those it rests on."""
    one, other = stage_making(PARTS, ["a"], ""), stage_making(PARTS, ["b"], "")
    origins = origins_of({7: [one], 3: [other], 9: [other], 5: [one]})
    assert [origin.video_ids for origin in origins] == [(3, 9), (5, 7)]
    kept = narrowed(origins, frozenset({9, 3}))
    assert [(origin.video_ids, origin.stages) for origin in kept] == [((3, 9), (other,))]


def test_a_page_names_every_model_and_prompt_of_what_it_rests_on() -> None:
    """Those of its own composing are its own."""
    one = stage_making(PARTS, ["a"], "")
    other = stage_making({**PARTS, "prompt": "q"}, ["b"], "")
    base = Provenance(
        stage="compose",
        stage_version=1,
        models={"compose": "c"},
        prompts={"compose": "x"},
        taxonomy="t",
        package_version="0",
        git_sha="abc",
        origins=origins_of({1: [one], 2: [other]}),
    )
    both, alone = base.about(frozenset({1, 2})), base.about(frozenset({2}))
    assert both.models == {"classify": "a, b", "compose": "c"}
    assert both.prompts == {"classify": "p, q", "compose": "x", "subtopics": "s"}
    assert both.model_names == ("a", "b", "c")
    assert (alone.models["classify"], alone.prompts["classify"]) == ("b", "q")
