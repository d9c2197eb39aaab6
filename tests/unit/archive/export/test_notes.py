"""Pages as notes that Obsidian shows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import yaml

from footnoted.archive.export.notes import path_of, relate, render_index, render_note
from footnoted.knowledge.pages.view import ClaimView, Footnote, PageView, SectionView
from footnoted.knowledge.versions import Provenance
from footnoted.model.identity import deterministic_id

PROVENANCE = Provenance(
    stage="compose",
    stage_version=1,
    models={"compose": "extractive"},
    prompts={},
    taxonomy="",
    package_version="0",
    git_sha="unknown",
)


def page(slug: str, **changes: object) -> PageView:
    """Return a page with one claim on video 1."""
    fields: dict[str, object] = {
        "id": deterministic_id("page", slug),
        "slug": slug,
        "title": slug.title(),
        "profile": "techniques",
        "creator": "Ada",
        "creator_slug": "ada",
        "category": "Cooking and Baking",
        "version": 2,
        "claim_count": 1,
        "updated_at": datetime(2026, 1, 2, 3, tzinfo=UTC),
        "summary": "When dough is ready.",
        "tags": (),
        "tools": (),
        "provenance": PROVENANCE,
        "sections": (
            SectionView(heading="When", claims=(ClaimView(text="Wait.", footnotes=(1,)),)),
        ),
        "footnotes": (note(1),),
    }
    return PageView.model_validate({**fields, **changes})


def note(video_id: int) -> Footnote:
    """Return a footnote to the first minute of a video."""
    return Footnote(
        number=1,
        quote="just wait",
        video_id=video_id,
        video_title="Bread",
        first_cue=0,
        last_cue=0,
        start_ms=62_000,
        link="https://video.example/watch?v=b&t=62",
        transcript_file=None,
    )


def test_a_note_has_front_matter_claims_footnotes_that_play_and_links() -> None:
    """The front matter is YAML that any reader takes; tags have no spaces."""
    bread = page("bread", tags=("Proofing: how long", "2024"), tools=("Pot",))
    text = render_note(bread, [page("tea", title="Tea | [[x]] #1")])
    _, head, body = text.split("---\n", 2)
    front = yaml.safe_load(head)
    assert front["aliases"] == ["Bread"]
    assert front["tags"] == ["cooking-and-baking", "proofing-how-long", "n2024"]
    assert (front["updated"], front["version"]) == (date(2026, 1, 2), 2)
    assert "- Wait.[^1]\n" in body
    assert "[^1]: “just wait” (Bread, 1:02) <https://video.example/watch?v=b&t=62>" in body
    assert body.endswith("## Related\n\n- [[pages/techniques/ada/tea|Tea x 1]]\n")


def test_a_note_without_relatives_says_nothing_of_them() -> None:
    """An empty heading is noise."""
    assert "Related" not in render_note(page("bread"), [])


def test_pages_are_related_by_what_they_cite_and_name() -> None:
    """A recording counts twice, a tool or subtopic once; the nearest comes first."""
    bread = page("bread", tools=("Pot",), tags=("dough",))
    rolls = page("rolls", footnotes=(note(2),), tools=("pot",), tags=("dough",))
    crust = page("crust", tools=("Pot",))
    paint = page("paint", footnotes=(note(3),))
    related = relate([bread, rolls, crust, paint])
    assert [one.slug for one in related[bread.id]] == ["crust", "rolls"]
    assert related[paint.id] == []


def test_the_index_links_to_every_page_by_creator_and_category() -> None:
    """In an order that no new page shakes up."""
    pages = [page("tea", category="Drinks"), page("bread"), page("oil", creator="Abe")]
    links = [line for line in render_index(pages).splitlines() if line.startswith(("#", "-"))]
    assert links == [
        "# Pages",
        "## Abe",
        "### Cooking and Baking",
        "- [[pages/techniques/ada/oil|Oil]]",
        "## Ada",
        "### Cooking and Baking",
        "- [[pages/techniques/ada/bread|Bread]]",
        "### Drinks",
        "- [[pages/techniques/ada/tea|Tea]]",
    ]


@pytest.mark.parametrize("slug", ["..", "a/b", ".hidden", "", "-"])
def test_no_address_leads_out_of_the_folder(slug: str) -> None:
    """Whatever a table says, a note lies below `pages`."""
    path = path_of(page("bread", creator_slug=slug))
    assert path.startswith("pages/techniques/")
    assert path.count("/") == 3
    assert ".." not in path.split("/")
    assert "/." not in path


def test_letters_of_any_script_stay() -> None:
    """Addresses have them, and so may file names."""
    assert path_of(page("発酵")) == "pages/techniques/ada/発酵.md"
