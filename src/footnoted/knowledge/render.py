"""A page as Markdown with footnotes: reads well in a terminal, and renders anywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from footnoted.knowledge.versions import EXTRACTIVE
from footnoted.model.citation import MatchKind
from footnoted.model.text import clock_time
from footnoted.model.transcript import TranscriptOrigin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from footnoted.knowledge.origins.making import Origin, StageMaking
    from footnoted.knowledge.pages.view import (
        ChainView,
        ClaimView,
        Footnote,
        PageView,
        SourceQuality,
    )
    from footnoted.knowledge.versions import Provenance

_SHORT = 8
"""How much of a hash is shown."""
_ORIGINS = {
    TranscriptOrigin.CAPTIONS_MANUAL.value: "captions written by people",
    TranscriptOrigin.CAPTIONS_AUTO.value: "automatic captions",
    TranscriptOrigin.CAPTIONS_TRANSLATED.value: "captions translated by a machine",
    TranscriptOrigin.ASR.value: "speech recognition",
    TranscriptOrigin.IMPORTED.value: "imported transcripts",
    TranscriptOrigin.EDITED.value: "edited transcripts",
}


def render_markdown(page: PageView) -> str:
    """Return the page in Markdown; each claim ends in its footnotes, which quote and link."""
    return "\n".join(_lines(page)) + "\n"


def render_text(page: PageView) -> str:
    """Return what a search should find the page by: its headings, claims and chains."""
    parts: list[str] = []
    for section in page.sections:
        parts += [section.heading, *(claim.text for claim in section.claims)]
    for chain in page.signal_chains:
        parts += [chain.name, *(step.text for step in chain.steps)]
    return "\n".join(part for part in parts if part)


def describe_maker(provenance: Provenance) -> str:
    """Return by what a page was made, in words that leave no doubt about a built-in model."""
    models = provenance.model_names
    if models == (EXTRACTIVE,):
        return (
            "Made by the built-in extractive model: sentences chosen and grouped by"
            " word statistics; no language model wrote any of it."
        )
    if not models:
        return "What made it was not noted then."
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
        yield _plain(page.summary) + _marks(page.grounds.summary)
    for section in page.sections:
        if section.heading:
            yield ""
            yield f"## {_plain(section.heading)}"
        yield ""
        yield from map(_claim, section.claims)
    if page.signal_chains:
        yield ""
        yield "## Signal chains"
        yield ""
        yield from map(_chain, page.signal_chains)
    if page.tools:
        yield ""
        yield f"Tools: {_names(page.tools, page.grounds.tools)}"
    if page.tags:
        yield ""
        yield f"Topics: {_plain(', '.join(page.tags))}"
    yield ""
    yield f"Rests on {_quality(page.source_quality)}."
    yield ""
    yield "---"
    yield ""
    yield from map(_footnote, page.footnotes)
    yield ""
    yield f"*Version {page.version}. {describe_maker(page.provenance)}*"
    if len(page.provenance.origins) > 1:
        yield ""
        yield from map(_origin, page.provenance.origins)


def _origin(origin: Origin) -> str:
    """Return by what the moments of some recordings were made, where not all were made alike."""
    ids = ", ".join(map(str, origin.video_ids))
    stages = ", ".join(map(_making, origin.stages)) or "nobody noted by what"
    return f"- *Made of {'video' if len(origin.video_ids) == 1 else 'videos'} {ids}: {stages}*"


def _making(making: StageMaking) -> str:
    by = f" by {' and '.join(making.models)}" if making.models else ""
    prompts = "/".join(sha256[:_SHORT] for sha256 in making.prompts.values())
    prompted = f" with prompt {prompts}" if prompts else ""
    program = f" in {making.program}" if making.program else ""
    return f"{making.stage} {making.version}{by}{prompted}{program}"


def _claim(claim: ClaimView) -> str:
    """Return a claim; one that others of the page contradict says when it was said."""
    when = ""
    if claim.conflict is not None:
        dates = ", ".join(day.isoformat() for day in claim.said_on) or "at an unknown date"
        when = f"(disputed; said {dates}) "
    return f"- {when}{_plain(claim.text)}{_marks(claim.footnotes)}"


def _chain(chain: ChainView) -> str:
    steps = " → ".join(_plain(step.text) + _marks(step.footnotes) for step in chain.steps)
    return f"- {_plain(chain.name)}: {steps}"


def _names(names: Sequence[str], notes: Mapping[str, tuple[int, ...]]) -> str:
    """Return the names with the first footnote of each; `--json` has them all."""
    return ", ".join(_plain(name) + _marks(notes.get(name, ())[:1]) for name in names)


def _quality(quality: SourceQuality) -> str:
    exact = quality.matches.get(MatchKind.EXACT, 0)
    origins = (f"{_ORIGINS.get(name, name)}: {count}" for name, count in quality.origins.items())
    recordings = f"{_counted(quality.recordings, 'recording')} ({'; '.join(origins)})"
    return f"{recordings}, {exact} of {_counted(quality.quotes, 'quote')} word for word"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _marks(footnotes: Iterable[int]) -> str:
    return "".join(f"[^{number}]" for number in footnotes)


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
