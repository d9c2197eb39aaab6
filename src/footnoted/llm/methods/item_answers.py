"""The answer to `items`: sentences that fill every required field by words, units and methods.

Which field is filled how stands in the profile, and what its subject is: a talk about something
else has no items, however often it says "mix" or "because". A sentence becomes an item when all
that an item needs is found in it, and not otherwise: no value is made up. Advertisements, greetings
and questions are out. Where nothing in the profile tells one sentence from another (no words, units
or numbers are required), only the most salient sentences are taken, as for key moments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from footnoted.llm.item_tasks import ItemsAnswer, Method
from footnoted.llm.methods.candidates import Passage
from footnoted.llm.methods.item_values import ValueFinder, named
from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.methods.signals import signals_for
from footnoted.llm.methods.units import units_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import JsonValue

    from footnoted.llm.item_tasks import ItemsTask
    from footnoted.llm.methods.signals import Signals
    from footnoted.llm.methods.units import Unit

_SAMPLE_CHARS: Final = 4_000
_FEWEST_WORDS: Final = 3
_WORDS_PER_ITEM: Final = 280
_TELLING: Final = frozenset({Method.WORDS, Method.QUANTITY, Method.NUMBER, Method.NAMES})


def find_items(task: ItemsTask) -> ItemsAnswer:
    """Return the items of a part in the order of the transcript; maybe none."""
    needed = [field for field in task.fields if field.required]
    if any(field.filling is None for field in needed if field.name not in task.marks.names):
        return ItemsAnswer(items=())
    said = " ".join(cue.text for cue in task.cues)
    if task.subject is not None and len(named(task.subject.words, said)) < task.subject.least:
        return ItemsAnswer(items=())
    lexicon = lexicon_for(task.language, said[:_SAMPLE_CHARS])
    units, signals = units_of(task.cues, lexicon), signals_for(lexicon.language)
    passage = Passage(units, signals, lexicon.stems(task.topic or ""))
    finder = ValueFinder(task, passage, lexicon)
    tells = any(field.filling and field.filling.method in _TELLING for field in needed)
    places = _spoken(units, signals) if tells else _salient(units, passage)
    return ItemsAnswer(
        items=tuple(item for place in places for item in _items(task, units[place], finder))
    )


def _spoken(units: Sequence[Unit], signals: Signals) -> Iterator[int]:
    """Yield each sentence that is neither noise nor surely an advertisement.

    What stands around an advertisement stays in: the words that are looked for tell it apart.
    """
    for place, unit in enumerate(units):
        is_noise = signals.is_noise(unit.text) or signals.is_sponsor(unit.text)
        if unit.words >= _FEWEST_WORDS and not is_noise:
            yield place


def _salient(units: Sequence[Unit], passage: Passage) -> list[int]:
    room = max(1, round(sum(unit.words for unit in units) / _WORDS_PER_ITEM))
    return [candidate.core for candidate in passage.best(room)]


def _items(task: ItemsTask, unit: Unit, finder: ValueFinder) -> list[dict[str, JsonValue]]:
    """Return the items of a sentence: one for each of its clauses, if each is one, else itself.

    A sentence that has no word of the subject has none.
    """
    if task.subject is not None and not named(task.subject.words, unit.text):
        return []
    clauses = [_item(task, clause, finder) for clause in finder.clauses(unit)]
    whole = clauses if len(clauses) > 1 and None not in clauses else [_item(task, unit, finder)]
    return [item for item in whole if item is not None]


def _item(task: ItemsTask, unit: Unit, finder: ValueFinder) -> dict[str, JsonValue] | None:
    """Return what a sentence says; None where it lacks something that every item has."""
    marks = task.marks
    places: dict[str, JsonValue] = {
        marks.quote: unit.text,
        marks.first_cue: task.cues[unit.first].index,
        marks.last_cue: task.cues[unit.last].index,
    }
    item: dict[str, JsonValue] = {}
    for field in task.fields:
        value = places[field.name] if field.name in places else finder.value_of(field, unit)
        if value is not None:
            item[field.name] = value
        elif field.required:
            return None
    return item
