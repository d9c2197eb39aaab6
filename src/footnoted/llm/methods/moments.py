"""The answer to `extract`: the sentences of a topic worth keeping, quoted word for word.

Sentences compete by salience and by the signs of a tip, a definition, a warning and so on; chatter
and promotion are out. A chosen sentence that leans on the one before, or is short, is quoted with
its neighbour. About one moment is kept for every two minutes of speech, none without substance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.methods.candidates import Passage
from footnoted.llm.methods.keyphrases import phrases_of, titles_from
from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.methods.products import tools_in
from footnoted.llm.methods.signals import signals_for
from footnoted.llm.methods.statements import to_statement
from footnoted.llm.methods.units import units_of
from footnoted.llm.tasks import ExtractAnswer, ExtractedMoment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.llm.methods.candidates import Candidate
    from footnoted.llm.methods.lexicon import Lexicon
    from footnoted.llm.methods.units import Unit
    from footnoted.llm.tasks import ExtractTask

_WORDS_PER_MOMENT = 280
_SAMPLE_CHARS = 4_000
_FALLBACK_TYPE = "technique"
_FALLBACK_TITLE_WORDS = 6


def extract(task: ExtractTask) -> ExtractAnswer:
    """Return the moments of one topic in the order of the transcript; often few, maybe none."""
    sample = " ".join(cue.text for cue in task.cues)[:_SAMPLE_CHARS]
    lexicon = lexicon_for(task.language, sample)
    units = units_of(task.cues, lexicon)
    passage = Passage(units, signals_for(lexicon.language), set(lexicon.stems(task.topic)))
    chosen = passage.best(_room(units))
    titles = _titles(passage, chosen, lexicon)
    return ExtractAnswer(
        moments=tuple(
            _moment(task, passage, candidate, (title, lexicon.language))
            for candidate, title in zip(chosen, titles, strict=True)
        )
    )


def content_type(kinds: Mapping[str, float], allowed: Sequence[str]) -> str:
    """Return the strongest kind that is allowed; else `technique` if allowed, else the first."""
    usable = [kind for kind in kinds if kind in allowed]
    if usable:
        return max(usable, key=lambda kind: (kinds[kind], kind))
    if not allowed or _FALLBACK_TYPE in allowed:
        return _FALLBACK_TYPE
    return allowed[0]


def _room(units: Sequence[Unit]) -> int:
    return max(1, round(sum(unit.words for unit in units) / _WORDS_PER_MOMENT))


def _titles(passage: Passage, chosen: Sequence[Candidate], lexicon: Lexicon) -> list[str]:
    """Return a title per candidate from its own words; no title twice where it can be helped."""
    titles: list[str] = []
    for candidate in chosen:
        window = passage.units[candidate.first : candidate.last + 1]
        phrases = (
            phrase for unit in window for phrase in phrases_of(unit.text, unit.tokens, lexicon)
        )
        possible = titles_from(phrases, passage.weights, lexicon.conjunction)
        words = to_statement(passage.units[candidate.core].text, lexicon.language).split()
        possible.append(" ".join(words[:_FALLBACK_TITLE_WORDS]))
        titles.append(next((title for title in possible if title not in titles), possible[0]))
    return titles


def _moment(
    task: ExtractTask, passage: Passage, candidate: Candidate, naming: tuple[str, str]
) -> ExtractedMoment:
    title, language = naming
    window = passage.units[candidate.first : candidate.last + 1]
    quote = " ".join(unit.text for unit in window)
    return ExtractedMoment(
        title=title,
        summary=" ".join(filter(None, (to_statement(unit.text, language) for unit in window))),
        content_type=content_type(candidate.kinds, task.content_types),
        tools=tools_in(quote),
        quote=quote,
        first_cue=task.cues[window[0].first].index,
        last_cue=task.cues[window[-1].last].index,
    )
