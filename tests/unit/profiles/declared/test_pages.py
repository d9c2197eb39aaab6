"""Pages by template: one for each title, a claim for each item that has what a line names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.profiles.declared.files import read_page_template
from footnoted.profiles.declared.pages import compose
from tests.fakes.declared import notes
from tests.unit.profiles.declared.items import GROUP, stored

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.profiles.declared.template import PageTemplate


def _template(tmp_path: Path) -> PageTemplate:
    template = read_page_template(notes(tmp_path), [tmp_path])
    assert template is not None
    return template


def test_items_with_one_title_share_a_page(tmp_path: Path) -> None:
    """However it is spelled; the spelling that most of them have is the page's."""
    items = [stored(0, about="salt"), stored(1, about="Salt"), stored(2, about="Salt")]
    (page,) = compose(_template(tmp_path), GROUP, [*items])
    assert (page.slug, page.title, page.summary) == ("salt", "Salt", "Salt, as Ada tells it.")
    assert page.moment_ids == {item.id for item in items}


def test_claims_stand_in_the_order_of_the_template_and_rest_on_their_items(tmp_path: Path) -> None:
    """Facts before advice, whoever said what first; each with the evidence of its item."""
    advice = stored(0, sort="advice", text="Weigh it.")
    fact = stored(1, text="It is heavy.", weight=2.5)
    (page,) = compose(_template(tmp_path), GROUP, [advice, fact])
    assert [(claim.heading, claim.text) for claim in page.claims] == [
        ("Facts", "It is heavy. (2.5 kg)"),
        ("Advice", "Weigh it."),
    ]
    assert [claim.support[0].evidence_id for claim in page.claims] == [
        fact.evidence_id,
        advice.evidence_id,
    ]


def test_what_two_recordings_say_stands_once_with_both_footnotes(tmp_path: Path) -> None:
    """And what they say differently stands side by side."""
    one, other = stored(0, text="It is heavy."), stored(0, recording="later", text="It is heavy")
    third = stored(1, recording="later", text="It is light.")
    (page,) = compose(_template(tmp_path), GROUP, [one, other, third])
    assert [(claim.text, len(claim.support)) for claim in page.claims] == [
        ("It is heavy.", 2),
        ("It is light.", 1),
    ]


def test_a_page_without_a_claim_is_no_page(tmp_path: Path) -> None:
    """No line of the template is about such an item."""
    facts_only = ("- {{#sort=advice}}{{text}}{{/sort}}\n", "")
    declared = notes(tmp_path, facts_only)
    template = read_page_template(declared, [tmp_path])
    assert template is not None
    pages = compose(template, GROUP, [stored(0, sort="advice")])
    assert pages == ()


def test_a_long_title_is_cut_and_still_one_page(tmp_path: Path) -> None:
    """Where a shape sets no bound, the page does; the summary is whole."""
    about = "The long and winding story of salt " * 5
    (page,) = compose(_template(tmp_path), GROUP, [stored(0, about=about), stored(1, about=about)])
    assert (len(page.title) <= 120, page.title[-1], len(page.claims)) == (True, "…", 2)
    assert page.summary.endswith("as Ada tells it.")


def test_markup_in_an_item_fills_nothing(tmp_path: Path) -> None:
    """A value that looks like a placeholder is text."""
    (page,) = compose(_template(tmp_path), GROUP, [stored(0, text="{{page.creator}} {{#sort}}")])
    assert page.claims[0].text == "{{page.creator}} {{#sort}}"
