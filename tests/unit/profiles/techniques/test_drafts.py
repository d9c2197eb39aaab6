"""Page drafts: indices, tags and tools stay with the moments they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.tasks import ClaimDraft, PageDraft, SectionDraft, SynthesizeAnswer
from footnoted.profiles.techniques.drafts import DraftReader
from tests.unit.profiles.techniques.moments import evidence_id, moment

if TYPE_CHECKING:
    from footnoted.knowledge.pages.composed import ComposedPage

CHUNK = (
    moment(10, subtopic="bread", tools=("Oven",)),
    moment(11, subtopic="sauces", tools=("Whisk", "Pan")),
    moment(12, tools=("Pot",)),
)


def _page(title: str, *claims: tuple[str, tuple[int, ...]]) -> PageDraft:
    drafts = tuple(ClaimDraft(text=text, moment_indices=indices) for text, indices in claims)
    return PageDraft(
        title=title,
        summary="S",
        summary_indices=tuple(index for _, indices in claims for index in indices if index >= 0),
        sections=(SectionDraft(heading="H", claims=drafts),),
    )


def _read(*pages: PageDraft) -> tuple[list[ComposedPage], DraftReader]:
    reader = DraftReader()
    return list(reader.read(SynthesizeAnswer(pages=pages), CHUNK)), reader


def test_indices_are_those_of_the_chunk_they_were_asked_about() -> None:
    """Index 0 of a later chunk is that chunk's first moment."""
    (page,), _ = _read(_page("Bread", ("Bake it.", (0, 2))))
    assert [item.evidence_id for item in page.claims[0].support] == [
        evidence_id(10),
        evidence_id(12),
    ]


def test_every_page_has_the_tags_and_tools_of_its_own_moments() -> None:
    """The first page of an answer too, and none has those of another."""
    pages, _ = _read(_page("Bread", ("Bake it.", (0,))), _page("Sauce", ("Whisk it.", (1,))))
    assert [(page.tags, page.tools) for page in pages] == [
        (("bread",), ("Oven",)),
        (("sauces",), ("Pan", "Whisk")),
    ]


def test_a_claim_without_a_moment_is_dropped_and_counted() -> None:
    """Indices that do not exist support nothing."""
    (page,), reader = _read(
        _page("Bread", ("Bake it.", (0, 3)), ("Invented.", (7, -1)), ("Also.", ()))
    )
    assert [claim.text for claim in page.claims] == ["Bake it."]
    assert reader.counts == {"dropped_claims": 2, "rejected_indices": 5}


def test_a_page_without_claims_or_title_is_no_page() -> None:
    """Nothing is linked to it, and no orphan is made."""
    pages, reader = _read(_page("Bread"), _page(" ", ("Bake it.", (0,))))
    assert pages == []
    assert reader.counts["rejected_pages"] == 2
