"""Drafts for tests, as read from answers."""

from __future__ import annotations

from footnoted.knowledge.pages.composed import (
    ClaimKind,
    ComposedClaim,
    ComposedPage,
    Grounds,
    Support,
)
from footnoted.knowledge.pages.identity import slugify
from footnoted.model.identity import deterministic_id
from footnoted.profiles.techniques.drafts import Draft


def support(number: int) -> Support:
    """Return the `number`th moment with its evidence."""
    return Support(
        moment_id=deterministic_id("m", number), evidence_id=deterministic_id("e", number)
    )


def claim(
    text: str, number: int, heading: str = "Tips", kind: ClaimKind = ClaimKind.STATEMENT
) -> ComposedClaim:
    """Return a claim that rests on the `number`th moment."""
    return ComposedClaim(heading=heading, text=text, support=(support(number),), kind=kind)


def draft(
    title: str, *claims: ComposedClaim, video: int = 1, language: str = "en", summary: str = ""
) -> Draft:
    """Return a draft of a video, in a run of its own."""
    first = claims[0].support[0].evidence_id
    return Draft(
        page=ComposedPage(
            slug=slugify(title),
            title=title,
            summary=summary,
            tags=(),
            tools=(),
            claims=claims,
            grounds=Grounds(summary=(first,) if summary else ()),
        ),
        video_id=video,
        language=language,
        run=video,
        number=0,
    )
