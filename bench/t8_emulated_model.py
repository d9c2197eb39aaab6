"""T8 through the emulator: the lies of t8_lying_model.py told to the installed program.

The same talks and quotes, but the lying model sits behind the provider's API, and what is judged is
what the program published: the claims of its pages, and the evidence they cite. The judge shares
nothing with `footnoted.knowledge`.

    t8_emulated_model.py [--talks N]                                      quiet: 3 min
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paid import open_paid
from stand import DATA, finish, report
from t8_lying_model import QUOTES_PER_TRANSCRIPT, SEED, holds, read_talks, source_of, tell

from bench.logic.lying import key_of
from bench.lying_model import Liar, squeeze

if TYPE_CHECKING:
    from lying_model import Talk, Told

TIME_LIMIT_S = 900
PUBLISHED = """SELECT m.title AS talk, c.text AS told, e.first_cue, e.last_cue
  FROM claims c JOIN page_versions p ON p.id = c.page_version_id
  JOIN pages g ON g.current_version_id = p.id AND g.retired_at IS NULL
  JOIN claim_evidence ce ON ce.claim_id = c.id JOIN evidence e ON e.id = ce.evidence_id
  JOIN videos v ON v.id = e.video_id JOIN media m ON m.id = v.media_id"""


def planned(talks: list[Talk], all_talks: list[Talk]) -> dict[str, list[Told]]:
    """Return what is told of each talk, by the name its file gets."""
    plan = {}
    for number, talk in enumerate(talks):
        liar = Liar(talk, all_talks, random.Random(SEED * 1000 + number))  # type: ignore[arg-type]
        plan[f"talk-{number:03}"] = tell(liar, QUOTES_PER_TRANSCRIPT)
    return plan


def moment(number: int, told: Told) -> dict[str, Any]:
    """Return a quote as a model tells it; its title says which it is."""
    return {
        "title": f"told-{number}",
        "summary": f"told-{number}",
        "content_type": "technique",
        "tools": [],
        "quote": told.text,
        "first_cue": told.first_cue,
        "last_cue": told.last_cue,
    }


def tell_all(talks: list[Talk], plan: dict[str, list[Told]], folder: Path) -> list[Any]:
    """Return what the program published of it."""
    library = folder / "library"
    library.mkdir()
    answers = {}
    for (name, told), talk in zip(plan.items(), talks, strict=True):
        source = source_of(talk)
        shutil.copy(source, library / f"{name}{source.suffix}")
        answers[key_of(talk.letters)] = [moment(n, one) for n, one in enumerate(told)]
    (folder / "plan").write_text(json.dumps(answers))
    os.environ["LYING_PLAN"] = str(folder / "plan")
    with open_paid(logic="lying", scale=100) as paid:
        paid.settings = {"FOOTNOTED_DAILY_COST_CAP_USD": "1000"}
        paid.must("add", str(library))
        paid.must("run", "--drain", codes=(0, 1))
        rows = paid.query(PUBLISHED)
        done = paid.query(
            """SELECT DISTINCT m.title FROM topics t JOIN videos v ON v.id = t.video_id
               JOIN media m ON m.id = v.media_id
               WHERE v.status = 'indexed' AND t.title = ANY($1)""",
            list(answers),
        )
    return [{row["title"] for row in done}, rows]


def judge(talks: list[Talk], plan: dict[str, list[Told]], done: set[str], rows: list[Any]) -> Any:
    """Return how many quotes were asked of each kind, and how many judged wrongly."""
    found = {(row["talk"], row["told"]): row for row in rows}
    asked, wrong = Counter[str](), Counter[str]()
    for (name, told), talk in zip(plan.items(), talks, strict=True):
        if name not in done:
            continue
        for number, one in enumerate(told):
            row = found.get((name, f"told-{number}")) or twin_of(number, name, told, found)
            asked[one.kind] += 1
            wrong[one.kind] += is_wrong(row, one, talk)
    return asked, wrong


def twin_of(number: int, name: str, told: list[Told], found: dict[Any, Any]) -> Any:
    """Return what was published of the same words of the same place, told before; or None.

    A short talk gets a quote twice now and then, and what is said once is kept once.
    """
    one = told[number]
    for earlier, other in enumerate(told[:number]):
        is_same_place = (other.true_first_cue, other.true_last_cue) == (
            one.true_first_cue,
            one.true_last_cue,
        )
        if is_same_place and squeeze(other.text) == squeeze(one.text):
            return found.get((name, f"told-{earlier}"))
    return None


def is_wrong(row: Any, told: Told, talk: Talk) -> bool:
    """Return whether a lie was published, or the truth was not, or at another place."""
    if told.kind.startswith("invented"):
        return row is not None
    if row is None or not holds(row, told, talk):
        return True
    place = (row["first_cue"], row["last_cue"])
    return told.kind == "wrong cues" and place != (told.true_first_cue, told.true_last_cue)


class Place(dict[str, Any]):
    """A row whose columns are attributes too, as `holds` reads them."""

    def __getattr__(self, name: str) -> Any:
        """Return a column."""
        return self[name]


def main() -> list[bool]:
    """Tell, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--talks", type=int)
    limit = parser.parse_args().talks
    if not DATA.is_dir():
        print("T8 - - - SKIP (no ../shared/data)")
        return []
    all_talks = read_talks()
    talks = all_talks[:: max(1, len(all_talks) // limit)] if limit else all_talks
    plan = planned(talks, all_talks)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        done, rows = tell_all(talks, plan, Path(folder))
    places = [Place(row) for row in rows]
    asked, wrong = judge(talks, plan, done, places)
    lies = [kind for kind in asked if kind.startswith("invented")]
    true = [kind for kind in asked if kind not in lies]
    assert len(done) * 2 > len(talks), f"the liar knew only {len(done)} of {len(talks)} talks"
    told = sum(asked[kind] for kind in lies)
    assert 0.19 <= told / asked.total() <= 0.21, "lies have another share than T8 says"
    published = sum(wrong[kind] for kind in lies)
    rejected = 100 * sum(wrong[kind] for kind in true) / sum(asked[kind] for kind in true)
    corrected = 100 - 100 * wrong["wrong cues"] / asked["wrong cues"]
    for kind in sorted(asked):
        print(f"# {kind}: {asked[kind]} told, {wrong[kind]} judged wrongly")
    note = f"{asked.total()} quotes of {len(done)} talks"
    return [
        report("T8.emulated.inventions", str(published), "published", "0", holds=published == 0,
               note=note),
        report("T8.emulated.genuine", f"{rejected:.2f}", "percent_rejected", "<=1",
               holds=rejected <= 1),
        report("T8.emulated.cues", f"{corrected:.2f}", "percent_corrected", ">=99",
               holds=corrected >= 99),
    ]  # fmt: skip


if __name__ == "__main__":
    finish(*main())
