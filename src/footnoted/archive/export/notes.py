"""Pages as notes: Markdown with front matter, footnotes that play, links to related notes. Pure.

Written so that Obsidian shows them as they are meant: https://help.obsidian.md/properties and
https://help.obsidian.md/links describe front matter, tags and wiki links.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from itertools import groupby
from typing import TYPE_CHECKING

import yaml

from footnoted.knowledge.pages.identity import slugify
from footnoted.knowledge.render import describe_maker, render_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from footnoted.knowledge.pages.view import PageSummary, PageView

INDEX = "Pages.md"
_MOST_RELATED = 8
_TOO_COMMON = 200
"""What so many pages have in common relates none of them to another."""
_SHARED_RECORDING, _SHARED_TERM = 2, 1
_IN_LINKS = re.compile(r"[\[\]|#^]+")
_COMPONENT = re.compile(r"[^\W_](?:[\w.-]*[\w-])?")


def path_of(page: PageSummary) -> str:
    """Return where the note of a page stands in the folder."""
    parts = (page.profile, page.creator_slug, page.slug)
    return f"pages/{'/'.join(map(_component, parts))}.md"


def render_note(page: PageView, related: Sequence[PageSummary]) -> str:
    """Return the note of a page."""
    head = {
        "aliases": [page.title],
        "creator": page.creator,
        "category": page.category,
        "tags": list(dict.fromkeys(_tag(one) for one in (page.category, *page.tags))),
        "tools": list(page.tools),
        "profile": page.profile,
        "updated": page.updated_at.date(),
        "claims": page.claim_count,
        "version": page.version,
        "made_by": describe_maker(page.provenance),
        "footnoted_id": str(page.id),
    }
    front = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=10_000)
    links = [f"- {_link(one)}" for one in related]
    tail = ["", "## Related", "", *links, ""] if links else []
    return f"---\n{front}---\n\n{render_markdown(page)}" + "\n".join(tail)


def render_index(pages: Sequence[PageSummary]) -> str:
    """Return the note that links to all others: by creator, then by category."""
    return "\n".join(_index_lines(pages)) + "\n"


def relate(pages: Sequence[PageView]) -> Mapping[UUID, list[PageSummary]]:
    """Return for each page those it has most in common with, the nearest first.

    A recording that both cite counts twice, a tool or tag that both name once.
    """
    by_feature: dict[tuple[str, object], list[int]] = defaultdict(list)
    for place, page in enumerate(pages):
        for feature in _features(page):
            by_feature[feature].append(place)
    scores: list[Counter[int]] = [Counter() for _ in pages]
    for (kind, _), places in by_feature.items():
        if len(places) <= _TOO_COMMON:
            weight = _SHARED_RECORDING if kind == "recording" else _SHARED_TERM
            for one in places:
                for other in places:
                    scores[one][other] += weight if one != other else 0
    return {page.id: _nearest(scores[place], pages) for place, page in enumerate(pages)}


def _nearest(score: Counter[int], pages: Sequence[PageView]) -> list[PageSummary]:
    near = [place for place, points in score.items() if points > 0]
    near.sort(key=lambda place: (-score[place], path_of(pages[place])))
    return [pages[place] for place in near[:_MOST_RELATED]]


def _features(page: PageView) -> set[tuple[str, object]]:
    recordings = {("recording", note.video_id) for note in page.footnotes}
    terms = {("term", term.casefold()) for term in (*page.tools, *page.tags)}
    return {*recordings, *terms}


def _index_lines(pages: Sequence[PageSummary]) -> Iterator[str]:
    yield "# Pages"
    ordered = sorted(pages, key=lambda one: (one.creator, one.category, one.title, path_of(one)))
    for creator, of_creator in groupby(ordered, key=lambda one: one.creator):
        yield from ("", f"## {_bare(creator)}")
        for category, of_category in groupby(of_creator, key=lambda one: one.category):
            yield from ("", f"### {_bare(category)}", "")
            yield from (f"- {_link(one)}" for one in of_category)


def _link(page: PageSummary) -> str:
    """Return a wiki link to a note, under the title of its page."""
    return f"[[{path_of(page).removesuffix('.md')}|{_bare(page.title) or page.slug}]]"


def _bare(text: str) -> str:
    """Return a title on one line, without what ends a wiki link or begins HTML."""
    return " ".join(_IN_LINKS.sub(" ", text).replace("<", " ").split())


def _tag(text: str) -> str:
    """Return a tag: no spaces, and not only digits, which Obsidian takes for none."""
    tag = slugify(text)
    return f"n{tag}" if tag.replace("-", "").isdecimal() else tag


def _component(name: str) -> str:
    """Return a part of a path: an address as it is, and for anything else one made from it."""
    if _COMPONENT.fullmatch(name):
        return name
    return f"{slugify(name)}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
