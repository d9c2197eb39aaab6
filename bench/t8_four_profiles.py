"""T8 over all four profiles: a model that lies behind the provider's API, and what was published.

Of what it quotes 20 % are invented, 20 % carry recognition-level noise and 20 % cite wrong cues,
told of every talk as whatever each profile publishes: moments and claims of pages, mentions and
statements about the market, names, relations and points, items and claims of their pages. The
database of the installed program is judged, by what shares nothing with `footnoted.knowledge`.

    t8_four_profiles.py [--talks N] [--quotes N]                          quiet: 10 min
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from four_profiles import NO_LIMITS, timed, under_all
from paid import Paid, open_paid
from stand import DATA, finish, report
from t8_lying_model import SEED, holds, read_talks, source_of, tell

from bench.heard import PROFILES
from bench.logic.lying import key_of
from bench.logic.lying_profiles import LIE
from bench.lying_model import Liar, bare, squeeze

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lying_model import Talk, Told

TIME_LIMIT_S = 2_700
LETTERS = "bcdfghjklmnpqrst"
_PLACED = """SELECT m.title AS talk, {told} AS told, e.first_cue, e.last_cue FROM {table}
  JOIN evidence e ON e.id = {evidence} JOIN videos v ON v.id = e.video_id
  JOIN media m ON m.id = v.media_id WHERE {which}"""
_CLAIMS = _PLACED.format(
    told="c.text",
    table="""claims c JOIN pages g ON g.current_version_id = c.page_version_id
      AND g.retired_at IS NULL JOIN claim_evidence ce ON ce.claim_id = c.id""",
    evidence="ce.evidence_id",
    which="g.profile = '{profile}'",
)
PUBLISHED: Mapping[tuple[str, str], str] = {
    ("techniques", "moment"): _PLACED.format(
        told="t.title", table="technique_moments t", evidence="t.evidence_id",
        which="t.retired_at IS NULL"),
    ("techniques", "page claim"): _CLAIMS.format(profile="techniques"),
    ("stocks", "mention"): _PLACED.format(
        told="t.company", table="stock_mentions t", evidence="t.evidence_id",
        which="t.superseded_at IS NULL"),
    ("stocks", "statement"): _PLACED.format(
        told="t.text", table="stock_outlook_points t", evidence="t.evidence_id",
        which="t.superseded_at IS NULL"),
    ("brain", "name"): _PLACED.format(
        told="n.name", evidence="t.evidence_id", which="t.role = 'named'",
        table="""brain_mentions t JOIN brain_names n
          ON (n.video_id, n.name_id) = (t.video_id, t.name_id)"""),
    ("brain", "relation"): _PLACED.format(
        told="t.predicate", table="brain_relations t", evidence="t.evidence_id",
        which="t.kind = 'stated'"),
    ("brain", "point"): _PLACED.format(
        told="t.text", table="brain_points t", evidence="t.evidence_id", which="true"),
    ("recipes", "item"): _PLACED.format(
        told="t.title", table="declared_items t", evidence="t.evidence_id",
        which="t.retired_at IS NULL"),
    ("recipes", "page claim"): _CLAIMS.format(profile="recipes"),
}  # fmt: skip
"""What each profile publishes of a quote: the talk, what it is told by, and where it was found."""
_DONE = """SELECT v.profile, m.title FROM videos v JOIN media m ON m.id = v.media_id
  WHERE v.status = 'indexed' AND (v.profile = 'recipes' OR EXISTS (
    SELECT 1 FROM topics t WHERE t.video_id = v.id AND t.title = ANY($1)))"""
_SENTENCES = """SELECT s.text, array_agg(p.text) AS points FROM brain_sentences s
  LEFT JOIN brain_support u ON u.sentence_id = s.id LEFT JOIN brain_points p ON p.id = u.point_id
  GROUP BY s.id"""


class Quoted(NamedTuple):
    """A quote as it is told: under which code, and as which name."""

    told: Told
    code: str
    name: str | None


class Place(NamedTuple):
    """Where something published was found."""

    first_cue: int
    last_cue: int


Plan = dict[tuple[str, str], list[Quoted]]
"""The quotes by profile and recording."""


def planned(talks: Sequence[Talk], all_talks: list[Talk], count: int) -> Plan:
    """Return what is told of each talk under each profile, by the name its file gets."""
    plan: Plan = {}
    for at, profile in enumerate(PROFILES):
        for number, talk in enumerate(talks):
            rng = random.Random(SEED * 1_000_000 + at * 1_000 + number)
            told = tell(Liar(talk, all_talks, rng), count)  # type: ignore[arg-type]
            recording = f"talk-{number:03}"
            names = (
                [*names_of(talk, rng), *[None] * count] if profile == "brain" else [None] * count
            )
            plan[profile, recording] = [
                Quoted(one, code_of(profile, recording, turn), names[turn])
                for turn, one in enumerate(told)
            ]
    return plan


def code_of(*what: object) -> str:
    """Return a word that nobody says and that is like no other."""
    digest = hashlib.sha256(repr(what).encode()).digest()[:6]
    return "".join(LETTERS[half] for byte in digest for half in divmod(byte, 16)).capitalize()


def names_of(talk: Talk, rng: random.Random) -> list[str]:
    """Return words of a talk, each of which may be told as a name of its own, in any order."""
    labels = squeeze("".join({cue.speaker or "" for cue in talk.cues}))
    found: dict[str, str] = {}
    for word in talk.words:
        name = word.strip("".join(char for char in word if not char.isalnum()))
        plain = squeeze(unicodedata.normalize("NFKD", name))
        long_enough = len(name) >= (4 if talk.glue else 1)
        if name.isalpha() and long_enough and not name.isupper() and plain == bare(name):
            found.setdefault(plain, name)
    kept = [name for plain, name in sorted(found.items()) if plain not in labels]
    return rng.sample(kept, len(kept))


def written(plan: Plan, talks: Sequence[Talk]) -> dict[str, Any]:
    """Return the plan as the liar reads it."""
    keys = {f"talk-{number:03}": key_of(talk.letters) for number, talk in enumerate(talks)}
    quotes: dict[str, dict[str, list[Any]]] = {profile: {} for profile in PROFILES}
    for (profile, recording), told in plan.items():
        quotes[profile][keys[recording]] = [
            {
                "text": one.told.text,
                "first_cue": one.told.first_cue,
                "last_cue": one.told.last_cue,
                "code": one.code,
                "name": one.name,
            }
            for one in told
        ]
    return {"recordings": keys, "keys": dict.fromkeys(keys.values()), **quotes}


def tell_all(paid: Paid, talks: Sequence[Talk], library: Path) -> None:
    """Tell all talks to the program, under all profiles."""
    library.mkdir()
    for number, talk in enumerate(talks):
        source = source_of(talk)
        shutil.copy(source, library / f"talk-{number:03}{source.suffix}")
    paid.settings = {
        "FOOTNOTED_DAILY_COST_CAP_USD": "1000",
        "FOOTNOTED_CONCURRENCY_MODEL": "8",
        "FOOTNOTED_LEASE_S": "300",
    }
    paid.must("add", *under_all(), str(library))
    paid.must("run", "--drain", codes=(0, 1), timeout_s=1_500)


class Judge:
    """Holds what was published against what is true about each quote."""

    def __init__(self, talks: Sequence[Talk], plan: Plan, done: set[tuple[str, str]]) -> None:
        """Judge the talks that came to their end."""
        self._talks = talks
        self._plan = plan
        self._done = done
        self.asked: Counter[tuple[str, str]] = Counter()
        self.wrong: Counter[tuple[str, str]] = Counter()

    def judge(self, profile: str, surface: str, rows: Sequence[Any]) -> None:
        """Count the quotes of one kind of claim, and those that were judged wrongly."""
        found: dict[tuple[str, str], list[Place]] = {}
        for row in rows:
            place = Place(row["first_cue"], row["last_cue"])
            found.setdefault((row["talk"], row["told"]), []).append(place)
        for number, talk in enumerate(self._talks):
            recording = f"talk-{number:03}"
            if (profile, recording) not in self._done:
                continue
            for one in self._plan[profile, recording]:
                if surface != "name":
                    places = self._places(profile, recording, one, found)
                    self._count((profile, surface), one, misjudged(places, one.told, talk))
                elif one.name is not None:
                    is_lie = one.told.kind.startswith("invented")
                    self._count((profile, surface), one, ((recording, one.name) in found) == is_lie)

    def _count(self, what: tuple[str, str], one: Quoted, is_wrong: bool) -> None:  # noqa: FBT001 - a verdict
        profile, surface = what
        self.asked[profile, one.told.kind] += 1
        self.wrong[profile, one.told.kind] += is_wrong
        if is_wrong:
            print(f"# {profile} {surface}: {one.told}")

    def _places(
        self,
        profile: str,
        recording: str,
        one: Quoted,
        found: Mapping[tuple[str, str], list[Place]],
    ) -> list[Place]:
        """Return where a quote was published, or the same words of the same place told before.

        A short talk gets a quote twice now and then, and what is said once is kept once.
        """
        for other in (one, *self._plan[profile, recording]):
            same_place = (other.told.true_first_cue, other.told.true_last_cue) == (
                one.told.true_first_cue,
                one.told.true_last_cue,
            )
            if same_place and squeeze(other.told.text) == squeeze(one.told.text):
                places = found.get((recording, other.code), [])
                if places:
                    return places
        return []


def misjudged(places: Sequence[Place], told: Told, talk: Talk) -> bool:
    """Return whether a lie was published, or the truth was not, or at another place."""
    if told.kind.startswith("invented"):
        return bool(places)
    if not places or not all(holds(place, told, talk) for place in places):  # type: ignore[arg-type]
        return True
    true = Place(told.true_first_cue, told.true_last_cue)
    return told.kind == "wrong cues" and any(place != true for place in places)


def report_profile(profile: str, judge: Judge) -> list[bool]:
    """Print the three figures of a profile."""
    asked = Counter({kind: n for (of, kind), n in judge.asked.items() if of == profile})
    wrong = Counter({kind: n for (of, kind), n in judge.wrong.items() if of == profile})
    lies = [kind for kind in asked if kind.startswith("invented")]
    true = [kind for kind in asked if kind not in lies]
    for kind in sorted(asked):
        print(f"# {profile}: {kind}: {asked[kind]} told, {wrong[kind]} judged wrongly")
    told = sum(asked[kind] for kind in lies)
    assert 0.19 <= told / asked.total() <= 0.21, "lies have another share than T8 says"
    assert len(lies) == 11, "a kind of invention was never told"
    published = sum(wrong[kind] for kind in lies)
    rejected = 100 * sum(wrong[kind] for kind in true) / sum(asked[kind] for kind in true)
    corrected = 100 - 100 * wrong["wrong cues"] / asked["wrong cues"]
    name = f"T8.{profile}"
    return [
        report(f"{name}.inventions", str(published), "published", "0", holds=published == 0,
               note=f"{asked.total():,} quotes, {told:,} of them invented"),
        report(f"{name}.genuine", f"{rejected:.2f}", "percent_rejected", "<=1",
               holds=rejected <= 1),
        report(f"{name}.cues", f"{corrected:.2f}", "percent_corrected", ">=99",
               holds=corrected >= 99),
    ]  # fmt: skip


def report_sentences(rows: Sequence[Any]) -> bool:
    """Print whether a summary has a sentence that rests on nothing, or on another point."""
    lies = [row["text"] for row in rows if f"{row['points'][0]}." != row["text"]]
    assert not any(LIE in line for line in lies), lies[:3]
    return report("T8.brain.sentences", str(len(lies)), "unsupported", "0",
                  holds=not lies and len(rows) > 0, note=f"{len(rows)} sentences")  # fmt: skip


def main() -> list[bool]:
    """Tell, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--talks", type=int)
    parser.add_argument("--quotes", type=int, default=55)
    given = parser.parse_args()
    if not DATA.is_dir():
        for profile in PROFILES:
            print(f"T8.{profile} - - - SKIP (no ../shared/data)")
        return []
    all_talks = read_talks()
    talks = all_talks[:: max(1, len(all_talks) // given.talks)] if given.talks else all_talks
    with timed("plan"):
        plan = planned(talks, all_talks, given.quotes)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        told = written(plan, talks)
        (folder / "plan").write_text(json.dumps(told))
        os.environ["LYING_PLAN"] = str(folder / "plan")
        with open_paid(
            logic="lying_profiles", scale=1, default_limits=NO_LIMITS, stream_chunk_tokens=1_000
        ) as paid:
            with timed(f"{len(talks)} talks told under {len(PROFILES)} profiles"):
                tell_all(paid, talks, folder / "library")
            done = {(row["profile"], row["title"]) for row in paid.query(_DONE, [*told["keys"]])}
            judge = Judge(talks, plan, done)
            for (profile, surface), statement in PUBLISHED.items():
                judge.judge(profile, surface, paid.query(statement))
            sentences = paid.query(_SENTENCES)
    for profile in PROFILES:
        known = sum(of == profile for of, _ in done)
        print(f"# {profile}: {known} of {len(talks)} talks")
        assert known * 4 > len(talks) * 3, f"the liar knew only {known} of {len(talks)} talks"
    verdicts = [verdict for profile in PROFILES for verdict in report_profile(profile, judge)]
    return [*verdicts, report_sentences(sentences)]


if __name__ == "__main__":
    finish(*main())
