"""Drafts put together: by title, by judged pairs, claim by claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.knowledge.pages.composed import ClaimKind
from footnoted.llm.tasks import ClaimPair, MergeAnswer
from footnoted.profiles.techniques.components import Components
from footnoted.profiles.techniques.judging import Judgements, judge
from footnoted.profiles.techniques.kinship import Comparison, comparisons, read_drafts
from footnoted.profiles.techniques.union import unite
from tests.unit.profiles.techniques.pages import claim, draft

if TYPE_CHECKING:
    from footnoted.knowledge.pages.composed import ComposedPage
    from footnoted.profiles.techniques.drafts import Draft


def _united(*drafts: Draft, answer: MergeAnswer | None = None) -> tuple[ComposedPage, ...]:
    """Return the pages when every comparison gets `answer`."""
    reads = read_drafts(drafts)
    asked = comparisons(reads)
    found = judge(reads, asked, [answer or MergeAnswer()] * len(asked))
    return unite(reads, found)


ONE = draft("Parallel compression", claim("Set the ratio of the crushed copy to 10.", 1), video=1)
OTHER = draft("Parallel Compressions", claim("The ratio of a crushed copy is 10.", 2), video=2)
PAIR = (ClaimPair(first=0, second=0),)


def test_titles_of_the_same_words_are_one_page_and_the_other_address_leads_there() -> None:
    """Inflected or in another order; the title is that which most drafts have, then the first."""
    third = draft("Compression, parallel", claim("Blend it in.", 3), video=3)
    (page,) = _united(ONE, OTHER, third)
    assert (page.title, page.slug) == ("Parallel compression", "parallel-compression")
    assert page.aliases == ("compression-parallel", "parallel-compressions")
    (usual,) = _united(OTHER, ONE, ONE)
    assert usual.title == "Parallel compression"


def test_a_draft_that_confirms_a_claim_adds_its_support_to_it() -> None:
    """In the words of the first, once; an empty answer keeps both as they are."""
    (confirmed,) = _united(ONE, OTHER, answer=MergeAnswer(same=PAIR))
    (kept,) = _united(ONE, OTHER, answer=MergeAnswer())
    assert [(c.text, len(c.support)) for c in confirmed.claims] == [
        ("Set the ratio of the crushed copy to 10.", 2)
    ]
    assert [len(c.support) for c in kept.claims] == [1, 1]


def test_the_same_words_need_no_question() -> None:
    """They are one claim by themselves."""
    again = draft("Parallel compression", claim("set the ratio of crushed copy to 10", 5), video=5)
    reads = read_drafts([ONE, again])
    assert comparisons(reads) == []
    (page,) = unite(reads, Judgements())
    assert [len(c.support) for c in page.claims] == [2]


def test_claims_that_contradict_each_other_stand_side_by_side() -> None:
    """Next to each other, numbered, under the heading of the first; nothing is chosen."""
    one = draft("Ratio", claim("The ratio of the copy is 10.", 1), claim("Be gentle.", 2), video=1)
    other = draft("Ratio", claim("The ratio of the copy is 4.", 3, "Settings"), video=2)
    (page,) = _united(one, other, answer=MergeAnswer(conflicts=PAIR))
    assert [(c.text, c.heading, c.conflict) for c in page.claims] == [
        ("The ratio of the copy is 10.", "Tips", 1),
        ("The ratio of the copy is 4.", "Tips", 1),
        ("Be gentle.", "Tips", None),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Set the ratio of the copy to 10.", "Set the ratio of the copy to 4."),
        ("Always filter the crushed copy.", "Never filter the crushed copy."),
        ("The plugin costs ten dollars a year.", "The plugin costs ten euros a year."),
    ],
)
def test_what_is_called_the_same_must_state_the_same(first: str, second: str) -> None:
    """Numbers, currencies and denials; else a footnote would stand under words nobody said."""
    one, other = (draft("Copy", claim(text, n), video=n) for n, text in ((1, first), (2, second)))
    reads = read_drafts([one, other])
    asked = comparisons(reads)
    found = judge(reads, asked, [MergeAnswer(same=PAIR)] * len(asked))
    assert len(asked) == 1
    assert (found.same, found.counts) == ([], {"rejected_same": 1})
    assert len(unite(reads, found)[0].claims) == 2


def test_an_invalid_answer_keeps_the_drafts_and_is_counted() -> None:
    """Indices of no claim, and a second pair for one claim."""
    reads = read_drafts([ONE, OTHER])
    wild = (ClaimPair(first=7, second=0), ClaimPair(first=0, second=-1))
    answer = MergeAnswer(same=(*wild, *PAIR, *PAIR), conflicts=wild)
    found = judge(reads, comparisons(reads), [answer])
    assert found.counts == {"rejected_duplicate_pairs": 1, "rejected_pairs": 4}
    assert found.same == [((0, 0), (1, 0))]


def test_near_titles_are_one_page_only_when_they_are_judged_so() -> None:
    """A part of a subject is another page; what both say is still asked about."""
    near = draft("Compression", claim("The ratio of a crushed copy is 10.", 2), video=2)
    assert len(_united(ONE, near)) == 2
    (page,) = _united(ONE, near, answer=MergeAnswer(same_subject=True, same=PAIR))
    assert (page.aliases, [len(c.support) for c in page.claims]) == (("compression",), [2])


def test_drafts_of_other_languages_and_of_one_answer_are_not_compared() -> None:
    """A page has one language; what one answer wrote apart stays apart."""
    german = draft("Parallel compression", claim("Die Ratio ist 10.", 2), video=2, language="de")
    assert comparisons(read_drafts([ONE, ONE])) == []
    assert len(_united(ONE, german)) == 2


def test_a_question_shows_at_most_twenty_claims_of_each_draft() -> None:
    """More are asked about in further questions, each pair once."""
    texts = [f"Set the crushed copy of drum number {n} low" for n in range(30)]
    one = draft("Copy", *(claim(f"{text} today.", n) for n, text in enumerate(texts)), video=1)
    other = draft(
        "Copy", *(claim(f"{text}, as usual.", n) for n, text in enumerate(texts)), video=2
    )
    asked = comparisons(read_drafts([one, other]))
    assert len(asked) > 1
    assert [each.part for each in asked] == list(range(len(asked)))
    assert all(max(len(each.first_claims), len(each.second_claims)) <= 20 for each in asked)


def test_sections_stand_in_the_usual_order_whatever_their_spelling() -> None:
    """Known headings first; one that several drafts spell differently is one."""
    one = draft("Copy", claim("Why.", 1, "Reasons and background"), claim("Odd.", 2, "History"))
    other = draft("Copy", claim("Ten.", 3, "settings"), claim("Four.", 4, "What it is"), video=2)
    third = draft("Copy", claim("Five.", 5, "Settings"), video=3)
    (page,) = _united(one, other, third)
    assert [(c.heading, c.text) for c in page.claims] == [
        ("What it is", "Four."),
        ("settings", "Ten."),
        ("settings", "Five."),
        ("Reasons and background", "Why."),
        ("History", "Odd."),
    ]


def test_the_summary_is_that_of_the_draft_with_most_moments() -> None:
    """With its own evidence, so that it goes with that recording."""
    small = draft("Copy", claim("A.", 1), summary="Small.")
    large = draft("Copy", claim("B.", 2), claim("C.", 3), video=2, summary="Large.")
    (page,) = _united(small, large)
    assert (page.summary, page.grounds.summary) == ("Large.", large.page.grounds.summary)


def test_equal_chains_are_one_and_others_stand_beside_it() -> None:
    """Each step with the support of everybody who said it in that place."""

    def chain(video: int, *steps: str) -> Draft:
        claims = (
            claim(text, video * 10 + at, "Vocals", ClaimKind.STEP) for at, text in enumerate(steps)
        )
        return draft("Copy", *claims, video=video)

    (page,) = _united(chain(1, "EQ", "Reverb"), chain(2, "eq", "reverb"), chain(3, "Reverb", "EQ"))
    assert [(c.heading, c.text, len(c.support)) for c in page.claims] == [
        ("Vocals", "EQ", 2),
        ("Vocals", "Reverb", 2),
        ("Vocals (2)", "Reverb", 1),
        ("Vocals (2)", "EQ", 1),
    ]


def test_a_judgement_about_claims_of_two_pages_changes_neither() -> None:
    """A claim belongs to the page that its draft is of."""
    near = draft("Compression", claim("The ratio of a crushed copy is 10.", 2), video=2)
    pages = _united(ONE, near, answer=MergeAnswer(same=PAIR, conflicts=PAIR))
    assert [[(len(c.support), c.conflict) for c in page.claims] for page in pages] == [
        [(1, None)],
        [(1, None)],
    ]


def test_components_do_not_depend_on_the_order_of_joining() -> None:
    """The first member stands for all."""
    pairs = [(3, 4), (0, 2), (4, 2)]
    found = []
    for order in (pairs, pairs[::-1]):
        parts = Components(range(6))
        for one, other in order:
            parts.join(one, other)
        found.append(parts.all())
    assert found == [[[0, 2, 3, 4], [1], [5]]] * 2
    assert not parts.has(9)


def test_a_comparison_names_the_claims_it_shows() -> None:
    """By their place in each draft."""
    one = draft("Copy", claim("Other things.", 1), claim("Set the ratio of a copy to 10.", 2))
    other = draft("Copy", claim("A copy has a ratio of 10.", 3), video=2)
    assert comparisons(read_drafts([one, other])) == [Comparison(0, 1, (1,), (0,), 0)]
