"""What differs between two versions of a page: its claims, and what each rests on.

Pure. A claim is the same claim when it says the same in the same words, wherever on the page it
stands; so a diff shows what a reader would notice, and nothing that merely moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from footnoted.knowledge.pages.composed import said_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from footnoted.knowledge.origins.making import Origin
    from footnoted.knowledge.pages.view import ClaimView, Footnote, PageView


class Cited(BaseModel):
    """A place that a claim rests on, as people look it up."""

    model_config = ConfigDict(frozen=True)

    video_id: int
    video_title: str
    start_ms: int | None
    quote: str
    link: str | None


class ClaimChange(BaseModel):
    """A claim that came, went, or rests on more or less than before."""

    model_config = ConfigDict(frozen=True)

    heading: str
    """Under what it stands, or the chain that it is a step of."""
    text: str
    """What it says, as the newer version has it."""
    gained: tuple[Cited, ...] = ()
    """What it rests on now and did not before."""
    lost: tuple[Cited, ...] = ()
    """What it rested on and does not any more."""


class PageDiff(BaseModel):
    """Everything that differs between two versions of one page."""

    model_config = ConfigDict(frozen=True)

    slug: str
    """The page."""
    old: int
    """The number of the older version."""
    new: int
    """The number of the newer version."""
    texts: dict[str, tuple[str, str]]
    """The title, summary, tags or tools that differ: as they were, and as they are."""
    added: tuple[ClaimChange, ...]
    """Claims that only the newer version makes."""
    removed: tuple[ClaimChange, ...]
    """Claims that only the older version makes."""
    resupported: tuple[ClaimChange, ...]
    """Claims of both whose support differs."""
    disputed: tuple[str, ...]
    """Claims that others of their page contradict now, and did not before."""
    made_by: dict[str, tuple[str, str]]
    """What of the making differs: models, prompts, taxonomy, code; as it was, and as it is."""

    @property
    def is_empty(self) -> bool:
        """Return whether the versions say and rest on the same."""
        return not (self.texts or self.added or self.removed or self.resupported or self.disputed)


class _Claim(NamedTuple):
    heading: str
    view: ClaimView
    cited: Mapping[tuple[int, int, int, str], Cited]


def diff_pages(old: PageView, new: PageView) -> PageDiff:
    """Return what differs between two versions of a page, in the order of the newer one."""
    before, after = _claims(old), _claims(new)
    return PageDiff(
        slug=new.slug,
        old=old.version,
        new=new.version,
        texts=_differing(_texts(old), _texts(new)),
        added=tuple(_came(claim) for key, claim in after.items() if key not in before),
        removed=tuple(_went(claim) for key, claim in before.items() if key not in after),
        resupported=tuple(_resupported(before, after)),
        disputed=tuple(
            claim.view.text
            for key, claim in after.items()
            if claim.view.conflict is not None
            and (key not in before or before[key].view.conflict is None)
        ),
        made_by=_differing(_making(old), _making(new)),
    )


def _claims(page: PageView) -> dict[tuple[str, ...], _Claim]:
    notes = {note.number: note for note in page.footnotes}
    parts = [("claim", section.heading, section.claims) for section in page.sections]
    parts += [(f"step of {chain.name}", chain.name, chain.steps) for chain in page.signal_chains]
    return {
        (kind, *said_key(claim.text)): _Claim(
            heading, claim, dict(_cited(notes[number]) for number in claim.footnotes)
        )
        for kind, heading, claims in parts
        for claim in claims
    }


def _cited(note: Footnote) -> tuple[tuple[int, int, int, str], Cited]:
    key = (note.video_id, note.first_cue, note.last_cue, note.quote)
    return key, Cited(
        video_id=note.video_id,
        video_title=note.video_title,
        start_ms=note.start_ms,
        quote=note.quote,
        link=note.link,
    )


def _came(claim: _Claim) -> ClaimChange:
    gained = tuple(claim.cited.values())
    return ClaimChange(heading=claim.heading, text=claim.view.text, gained=gained)


def _went(claim: _Claim) -> ClaimChange:
    lost = tuple(claim.cited.values())
    return ClaimChange(heading=claim.heading, text=claim.view.text, lost=lost)


def _resupported(
    before: Mapping[tuple[str, ...], _Claim], after: Mapping[tuple[str, ...], _Claim]
) -> Iterator[ClaimChange]:
    for key, claim in after.items():
        was = before.get(key)
        if was is not None and was.cited.keys() != claim.cited.keys():
            yield ClaimChange(
                heading=claim.heading,
                text=claim.view.text,
                gained=tuple(claim.cited[at] for at in claim.cited if at not in was.cited),
                lost=tuple(was.cited[at] for at in was.cited if at not in claim.cited),
            )


def _texts(page: PageView) -> dict[str, str]:
    return {
        "title": page.title,
        "summary": page.summary,
        "tags": ", ".join(page.tags),
        "tools": ", ".join(page.tools),
    }


def _making(page: PageView) -> dict[str, str]:
    made = page.provenance
    return {
        "stage": f"{made.stage} {made.stage_version}",
        "taxonomy": made.taxonomy,
        "package": made.package_version,
        "commit": made.git_sha,
        "output language": ", ".join(made.output_languages),
        **{f"model of {stage}": model for stage, model in made.models.items()},
        **{f"prompt {name}": sha256 for name, sha256 in made.prompts.items()},
        **_versions(made.origins),
    }


def _versions(origins: Iterable[Origin]) -> dict[str, str]:
    """Return the versions of each stage that read the recordings, and the programs of all."""
    found: dict[str, set[str]] = {}
    for origin in origins:
        for making in origin.stages:
            found.setdefault(f"version of {making.stage}", set()).add(str(making.version))
            if making.program:
                found.setdefault("program of recordings", set()).add(making.program)
    return {name: ", ".join(sorted(values)) for name, values in found.items()}


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    names = dict.fromkeys((*old, *new))
    pairs = {name: (old.get(name, ""), new.get(name, "")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
