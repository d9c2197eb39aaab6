"""A page as it is read in a terminal."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from footnoted.knowledge.pages.reading import CitationRow, build_view
from footnoted.knowledge.render import describe_maker, render_markdown, render_text
from footnoted.knowledge.versions import Provenance
from footnoted.model.identity import deterministic_id

PAGE_ID = deterministic_id("page", "p")
HEAD: dict[str, object] = {
    "id": PAGE_ID,
    "slug": "proofing",
    "title": "Proofing",
    "profile": "techniques",
    "creator": "Ada",
    "creator_slug": "ada",
    "category": "Cooking",
    "version": 2,
    "claim_count": 2,
    "updated_at": datetime(2026, 1, 1, tzinfo=UTC),
    "summary": "When dough is ready.",
    "tags": ("bread",),
    "tools": ("Pot", "Oven"),
    "grounds": {},
    "provenance": {
        "stage": "compose",
        "stage_version": 1,
        "models": {"extract": "extractive", "compose": "extractive"},
        "prompts": {},
        "taxonomy": "",
        "package_version": "0",
        "git_sha": "unknown",
    },
}


def _row(position: int, claim: str, number: int, start_ms: int | None) -> CitationRow:
    return CitationRow(
        position=position,
        heading="Signs",
        claim=claim,
        kind="statement",
        conflict=None,
        evidence_id=deterministic_id("e", number),
        quote=f"quote {number}",
        match="exact",
        origin="captions_auto",
        video_id=1,
        video_title="Bread",
        published_at=datetime(2026, 1, 3, tzinfo=UTC),
        url="https://video.example/watch?v=1",
        first_cue=number,
        last_cue=number,
        start_ms=start_ms,
        media_path=None,
        transcript_path="/talks/bread.en.vtt",
    )


ROWS = [
    _row(0, "It doubled.", 4, 61_500),
    _row(0, "It doubled.", 7, 3_600_000),
    _row(1, "It springs back.", 7, 3_600_000),
]


def test_a_page_is_markdown_with_footnotes_that_play() -> None:
    """A piece of evidence has one number, however many claims cite it."""
    assert render_markdown(build_view(HEAD, ROWS)) == (
        "# Proofing\n\n*Ada · Cooking*\n\nWhen dough is ready.\n\n## Signs\n\n"
        "- It doubled.[^1][^2]\n- It springs back.[^2]\n\n"
        "Tools: Pot, Oven\n\nTopics: bread\n\n"
        "Rests on 1 recording (automatic captions: 1), 2 of 2 quotes word for word.\n\n---\n\n"
        "[^1]: “quote 4” (Bread, 1:01) <https://video.example/watch?v=1&t=61>\n"
        "[^2]: “quote 7” (Bread, 1:00:00) <https://video.example/watch?v=1&t=3600>\n\n"
        "*Version 2. Made by the built-in extractive model: sentences chosen and grouped by word"
        " statistics; no language model wrote any of it.*\n"
    )


def test_a_transcript_without_times_is_cited_by_line() -> None:
    """A second is never invented."""
    markdown = render_markdown(build_view(HEAD, [_row(0, "It doubled.", 4, None)]))
    assert "[^1]: “quote 4” (Bread, line 5) <https://video.example/watch?v=1>" in markdown


def test_a_local_recording_plays_from_its_file() -> None:
    """At the second, in a file whose name needs encoding."""
    row = _row(0, "It doubled.", 4, 61_500)._replace(url=None, media_path="/talks/my bread.mp4")
    assert "(Bread, 1:01) <file:///talks/my%20bread.mp4#t=61>" in render_markdown(
        build_view(HEAD, [row])
    )


@pytest.mark.parametrize(
    ("transcript_path", "start_ms", "where"),
    [
        ("/talks/bread.en.vtt", 61_500, "(Bread, 1:01, in bread.en.vtt)\n"),
        ("/talks/bread.txt", None, "(Bread, line 5, in bread.txt)\n"),
        (None, 61_500, "(Bread, 1:01)\n"),
    ],
)
def test_what_nothing_plays_is_cited_by_the_file_it_was_read_from(
    transcript_path: str | None, start_ms: int | None, where: str
) -> None:
    """So that a person can look it up there, at the time."""
    row = _row(0, "It doubled.", 4, start_ms)
    row = row._replace(url=None, transcript_path=transcript_path)
    assert where in render_markdown(build_view(HEAD, [row]))


def test_what_was_said_forges_no_footnote_and_no_tag() -> None:
    """Text from outside stays text."""
    row = _row(0, "See [^1] and <b>this</b>.", 4, 1000)._replace(quote="a\n[^2]: “lie”")
    markdown = render_markdown(build_view(HEAD, [row]))
    assert r"- See \[^1] and \<b>this\</b>.[^1]" in markdown
    assert r"[^1]: “a \[^2]: “lie””" in markdown


def test_claims_in_dispute_stand_with_their_dates() -> None:
    """Side by side, each as it was said; one that is left alone is in dispute no more."""
    later = datetime(2026, 5, 1, tzinfo=UTC)
    rows = [
        _row(0, "Four to one.", 4, 1000)._replace(conflict=1),
        _row(1, "Two to one.", 7, 2000)._replace(conflict=1, published_at=later),
        _row(2, "Blend it in.", 8, 3000),
    ]
    both = render_markdown(build_view(HEAD, rows))
    alone = render_markdown(build_view(HEAD, rows[1:]))
    assert (
        "- (disputed; said 2026-01-03) Four to one.[^1]\n"
        "- (disputed; said 2026-05-01) Two to one.[^2]\n"
        "- Blend it in.[^3]\n"
    ) in both
    assert "disputed" not in alone


def test_a_signal_chain_is_one_line_whose_every_step_plays() -> None:
    """In order, under its name; its steps are found by a search."""
    rows = [
        *ROWS,
        _row(2, "De-esser", 4, 61_500)._replace(kind="step", heading="Vocals"),
        _row(3, "Compressor", 9, 70_000)._replace(kind="step", heading="Vocals"),
    ]
    view = build_view(HEAD, rows)
    assert "## Signal chains\n\n- Vocals: De-esser[^1] → Compressor[^3]\n" in render_markdown(view)
    assert [section.heading for section in view.sections] == ["Signs"]
    assert render_text(view).endswith("Vocals\nDe-esser\nCompressor")


def test_what_stands_beside_the_claims_goes_with_its_evidence() -> None:
    """Summary, tags and tools are shown while something they rest on is cited, with its number."""
    here, gone = (str(deterministic_id("e", number)) for number in (7, 99))
    grounds = {
        "summary": [gone],
        "tags": {"bread": [gone, here]},
        "tools": {"Pot": [here], "Oven": [gone]},
    }
    view = build_view({**HEAD, "grounds": grounds}, ROWS)
    assert (view.summary, view.tags, view.tools) == ("", ("bread",), ("Pot",))
    assert (view.grounds.tags, view.grounds.tools) == ({"bread": (2,)}, {"Pot": (2,)})
    assert "Tools: Pot[^2]\n" in render_markdown(view)


def test_the_quality_of_sources_is_counted_from_the_evidence() -> None:
    """Different recordings and quotes, whatever number of claims cite them."""
    rows = [
        *ROWS,
        _row(2, "It smells.", 9, 1000)._replace(video_id=2, match="fuzzy", origin="asr"),
    ]
    quality = build_view(HEAD, rows).source_quality
    assert (quality.recordings, quality.quotes) == (2, 3)
    assert (quality.matches, quality.origins) == (
        {"exact": 2, "fuzzy": 1},
        {"asr": 1, "captions_auto": 1},
    )


def test_a_page_is_searched_by_its_headings_and_claims() -> None:
    """Without marks and links."""
    assert render_text(build_view(HEAD, ROWS)) == "Signs\nIt doubled.\nIt springs back."


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ({"a": "m-1", "b": "m-1"}, "Made by m-1."),
        (
            {"a": "m-1", "b": "extractive"},
            "Made by extractive (built-in, no language model), m-1.",
        ),
    ],
)
def test_who_made_a_page_is_named(models: dict[str, str], said: str) -> None:
    """The built-in model is never taken for a language model."""
    made = Provenance.model_validate({**HEAD["provenance"], "models": models})  # type: ignore[dict-item]  # a dict literal above
    assert describe_maker(made) == said
