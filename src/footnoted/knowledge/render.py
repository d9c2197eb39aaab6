"""A page as Markdown with footnotes: reads well in a terminal, and renders anywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from footnoted.knowledge.versions import EXTRACTIVE
from footnoted.model.text import clock_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from footnoted.knowledge.pages.view import ClaimView, Footnote, PageView
    from footnoted.knowledge.versions import Provenance


def render_markdown(page: PageView) -> str:
    """Return the page in Markdown; each claim ends in its footnotes, which quote and link."""
    return "\n".join(_lines(page)) + "\n"


def render_text(page: PageView) -> str:
    """Return what a search should find the page by: its headings and claims."""
    parts: list[str] = []
    for section in page.sections:
        parts += [section.heading, *(claim.text for claim in section.claims)]
    return "\n".join(part for part in parts if part)


def describe_maker(provenance: Provenance) -> str:
    """Return by what a page was made, in words that leave no doubt about a built-in model."""
    models = sorted(set(provenance.models.values()))
    if models == [EXTRACTIVE]:
        return (
            "Made by the built-in extractive model: sentences chosen and grouped by"
            " word statistics; no language model wrote any of it."
        )
    named = ", ".join(
        f"{model} (built-in, no language model)" if model == EXTRACTIVE else model
        for model in models
    )
    return f"Made by {named}."


def _lines(page: PageView) -> Iterator[str]:
    yield f"# {_plain(page.title)}"
    yield ""
    yield f"*{_plain(page.creator)} · {_plain(page.category)}*"
    if page.summary:
        yield ""
        yield _plain(page.summary)
    for section in page.sections:
        if section.heading:
            yield ""
            yield f"## {_plain(section.heading)}"
        yield ""
        yield from map(_claim, section.claims)
    if page.tools:
        yield ""
        yield f"Tools: {_plain(', '.join(page.tools))}"
    if page.tags:
        yield ""
        yield f"Topics: {_plain(', '.join(page.tags))}"
    yield ""
    yield "---"
    yield ""
    yield from map(_footnote, page.footnotes)
    yield ""
    yield f"*Version {page.version}. {describe_maker(page.provenance)}*"


def _claim(claim: ClaimView) -> str:
    return f"- {_plain(claim.text)}{''.join(f'[^{number}]' for number in claim.footnotes)}"


def _footnote(note: Footnote) -> str:
    where = _plain(note.video_title)
    if note.start_ms is not None:
        where += f", {clock_time(note.start_ms)}"
    else:
        where += f", line {note.first_cue + 1}"
    if note.link is None and note.transcript_file:
        where += f", in {_plain(note.transcript_file)}"
    link = f" <{note.link}>" if note.link else ""
    return f"[^{note.number}]: “{_plain(note.quote)}” ({where}){link}"


def _plain(text: str) -> str:
    """Return text from outside on one line, where it can forge neither a footnote nor HTML."""
    return re.sub(r"\[(?=\^)|<", r"\\\g<0>", " ".join(text.split()))
