"""Names as a model found them, bound to where they stand; what was not said is thrown out.

Pure. A name needs a known type, a quote that was said, and a way of writing it that stands in its
topic; from there code finds every place of it, so that positions are those of the transcript.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from footnoted.db.texts import storable
from footnoted.knowledge.quotes import is_unspaced
from footnoted.model.identity import deterministic_id
from footnoted.model.text import one_line
from footnoted.model.transcript import CueKind
from footnoted.profiles.brain.citing import Citations
from footnoted.profiles.brain.naming import is_anonymous, long_forms, name_id, name_key
from footnoted.profiles.brain.overlay import Place
from footnoted.profiles.brain.types import (
    OTHER,
    PERSON,
    SAID_EXACTLY,
    TYPES,
    EntitiesInput,
    EntitiesOutput,
    HeardName,
    Mention,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from footnoted.knowledge.bound_evidence import BoundEvidence
    from footnoted.llm.brain_tasks import EntitiesAnswer, NamedEntity
    from footnoted.model.topic import Topic
    from footnoted.model.transcript import Cue

_NAME_LIMIT = 120
_MOST_WORDS = 12
_TELLING_WORDS = 5
_LABEL_END = re.compile(r"\s*[|(\[/,].*$")


def bind_entities(given: EntitiesInput, answers: Sequence[EntitiesAnswer]) -> EntitiesOutput:
    """Return the names that stand, each of their places, and what was rejected for what."""
    if given.transcript_id is None:
        return EntitiesOutput(transcript_id=None, names=(), mentions=(), evidence=(), counts={})
    binder = _Binder(given, given.transcript_id)
    for topic, answer in zip(given.topics, answers, strict=True):
        for entity in answer.entities:
            binder.take(topic, entity)
    return binder.output()


def speaker_name(label: str) -> str:
    """Return whom a speaker's label names, without what is put behind it (`Akash | ECH`)."""
    return one_line(storable(_LABEL_END.sub("", label)), _NAME_LIMIT)


class _Binder:
    """Collects names against one transcript."""

    def __init__(self, given: EntitiesInput, transcript_id: int) -> None:
        self._given = given
        self._cited = Citations(given.video_id, transcript_id, given.cues, given.fixes)
        self._votes: dict[str, Counter[str]] = {}
        self._written: dict[int, dict[str, str]] = {}
        self._quotes: dict[str, list[BoundEvidence]] = {}
        self._speakers = dict(_speakers(given.cues))
        for name in self._speakers:
            self._votes.setdefault(name, Counter())[PERSON] += 1

    def take(self, topic: Topic, entity: NamedEntity) -> None:
        """Take one entity in, or count why not."""
        counts, name = self._cited.counts, one_line(storable(entity.name), _NAME_LIMIT)
        entity_type = entity.type.strip().casefold()
        if entity_type not in TYPES:
            counts["rejected_type"] += 1
        elif not name_key(name) or len(name.split()) > _MOST_WORDS:
            counts["rejected_name"] += 1
        elif not (written := self._standing(topic, (*entity.written, entity.name))):
            counts["rejected_unheard"] += 1
        elif bound := self._cited.quote(entity.quote, entity.first_cue, entity.last_cue):
            self._votes.setdefault(name, Counter())[entity_type] += 1
            self._quotes.setdefault(name, []).append(bound)
            self._written.setdefault(topic.position, {}).update(dict.fromkeys(written, name))

    def output(self) -> EntitiesOutput:
        """Return everything in the order it was said."""
        names = self._names()
        by_name = {name: heard for heard, group in names for name in group}
        mentions = [*self._spoken(by_name), *self._named(by_name)]
        stand = {mention.name_id for mention in mentions}
        heard = sorted({each.name_id: each for each in by_name.values()}.items())
        counts = {"names": len(stand), "mentions": len(mentions)}
        return EntitiesOutput(
            transcript_id=self._given.transcript_id,
            names=tuple(each for identity, each in heard if identity in stand),
            mentions=tuple(mentions),
            evidence=self._cited.evidence,
            counts=counts | dict(sorted((+self._cited.counts).items())),
        )

    def _standing(self, topic: Topic, forms: Sequence[str]) -> list[str]:
        """Return the ways of writing that stand in the topic as they are."""
        start, end = self._cited.overlay.span_of_cues(topic.first_cue, topic.last_cue)
        text = self._cited.overlay.text[start:end]
        plain = dict.fromkeys(" ".join(form.split()) for form in forms)
        return [form for form in plain if form and _pattern([form]).search(text)]

    def _names(self) -> list[tuple[HeardName, list[str]]]:
        """Return each name with all ways it was called; short forms are with their long ones."""
        long = long_forms({name: _winner(votes) for name, votes in self._votes.items()})
        groups: dict[UUID, list[str]] = {}
        for name in sorted(self._votes):
            full = long.get(name, name)
            identity = name_id(name_key(full), _winner(self._votes[full]))
            groups.setdefault(identity, []).append(name)
        return [(self._heard(key, group, long), group) for key, group in groups.items()]

    def _heard(self, identity: UUID, group: list[str], long: dict[str, str]) -> HeardName:
        full = [name for name in group if name not in long]
        votes = sum((self._votes[name] for name in full), Counter[str]())
        name = max(full, key=lambda each: (self._votes[each].total(), len(each), each))
        entity_type = _winner(votes)
        return HeardName(
            name_id=identity,
            key=name_key(name),
            name=name,
            type=entity_type,
            is_sure=entity_type in SAID_EXACTLY or any(each in self._speakers for each in group),
        )

    def _named(self, by_name: dict[str, HeardName]) -> Iterator[Mention]:
        overlay = self._cited.overlay
        for topic in self._given.topics:
            written = self._written.get(topic.position)
            if not written:
                continue
            start, end = overlay.span_of_cues(topic.first_cue, topic.last_cue)
            for found in _pattern(written).finditer(overlay.text, start, end):
                name = written[" ".join(found.group().split())]
                place = overlay.place(*found.span())
                surface = overlay.original(place)
                if bound := self._evidence_of(name, place, surface):
                    yield Mention(
                        id=deterministic_id("mention", self._given.video_id, *place),
                        name_id=by_name[name].name_id,
                        evidence_id=bound.id,
                        role="named",
                        surface=surface,
                        **place._asdict(),
                    )

    def _evidence_of(self, name: str, place: Place, surface: str) -> BoundEvidence | None:
        """Return the quote the model gave for these very words, else what was said around them."""
        for bound in self._quotes.get(name, ()):
            found = bound.evidence
            held = (found.first_cue, found.last_cue) == (place.first_cue, place.last_cue)
            if held and surface in (found.text or ""):
                return bound
        return self._cited.around(place)

    def _spoken(self, by_name: dict[str, HeardName]) -> Iterator[Mention]:
        for name, cue in self._speakers.items():
            bound = self._cited.around(Place(cue.index, 0, cue.index, len(cue.text)))
            if bound is not None:
                heard = by_name[name]
                yield Mention(
                    id=deterministic_id("speaks", self._given.video_id, name),
                    name_id=heard.name_id,
                    evidence_id=bound.id,
                    role="speaks",
                    surface=name,
                    first_cue=cue.index,
                    start_char=None,
                    last_cue=cue.index,
                    end_char=None,
                )


def _speakers(cues: Sequence[Cue]) -> Iterator[tuple[str, Cue]]:
    """Yield everybody who speaks and is named, with the first cue that is more than a word."""
    first: dict[str, Cue] = {}
    for cue in cues:
        if cue.kind is not CueKind.SPEECH or not cue.speaker or is_anonymous(cue.speaker):
            continue
        name = speaker_name(cue.speaker)
        if not name_key(name) or is_anonymous(name):
            continue
        known = first.get(name)
        if known is None or (_is_brief(known) and not _is_brief(cue)):
            first[name] = cue
    yield from first.items()


def _is_brief(cue: Cue) -> bool:
    return len(cue.text.split()) < _TELLING_WORDS


def _winner(votes: Counter[str]) -> str:
    """Return the type most said, one that tells something before `other`."""
    order = {entity_type: place for place, entity_type in enumerate(TYPES)}
    telling = [entity_type for entity_type in votes if entity_type != OTHER]
    return min(telling, key=lambda each: (-votes[each], order[each]), default=OTHER)


def _pattern(forms: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of these words as they are written, the longest first."""
    longest = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile("|".join(map(_form, longest)))


def _form(form: str) -> str:
    words = r"\s+".join(map(re.escape, form.split()))
    before = "" if is_unspaced(form[0]) else r"(?<!\w)"
    after = "" if is_unspaced(form[-1]) else r"(?!\w)"
    return f"{before}{words}{after}"
