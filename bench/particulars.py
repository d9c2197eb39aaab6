"""What a published claim says of itself beside its quote, held to what was said."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from bench.lying_model import squeeze

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.heard import Ask, Audit, Library

MOST_CHANGED, SHORT_CHANGE = 1 / 3, 12
"""The share of the letters of a cue that corrections may change, or how many in a short one."""

_NAMED = """
  SELECT m.id::text, m.role, m.surface, m.first_cue, m.start_char, m.last_cue, m.end_char,
    m.evidence_id
  FROM brain_mentions m
"""
_FIXES = """
  SELECT id::text, video_id, transcript_id, cue, start_char, end_char, before, after
  FROM brain_fixes ORDER BY video_id, cue, start_char
"""
_POINTS = """
  SELECT p.id::text, p.evidence_id, p.who, p.due, p.who IS NULL OR EXISTS (
    SELECT 1 FROM brain_names n WHERE n.video_id = p.video_id AND n.name = p.who) AS is_known
  FROM brain_points p
"""
_ENDS = """
  SELECT r.id::text, r.kind, r.evidence_id, r.source_id, r.target_id FROM brain_relations r
"""
_SURFACES = "SELECT video_id, name_id, surface FROM brain_mentions"
_MENTIONS = """
  SELECT m.id::text, m.resolution, m.heard_as, m.evidence_id, m.video_id, m.action, m.speaker
  FROM stock_mentions m WHERE m.superseded_at IS NULL
"""


def hold_names(ask: Ask, library: Library, found: Audit) -> None:
    """Note names that do not stand in the original cues letter for letter, or do not speak."""
    for row in ask(_NAMED):
        cues = library.cues[library.evidence[row["evidence_id"]]["transcript_id"]]
        held = cues[row["first_cue"] : row["last_cue"] + 1]
        if row["role"] == "speaks":
            stands = bool(held) and (held[0].speaker or "").startswith(row["surface"])
        else:
            texts = [cue.text for cue in held if cue.kind == "speech"]
            if texts:
                texts[-1] = texts[-1][: row["end_char"]]
                texts[0] = texts[0][row["start_char"] :]
            stands = squeeze("".join(texts)) == squeeze(row["surface"]) != ""
        if not stands:
            found.fault("brain", row["role"], row["id"], f"{row['surface']!r} does not stand there")


def hold_edges(ask: Ask, library: Library, found: Audit) -> None:
    """Note edges of which an end is not named in the words that show them, nor speaks them."""
    surfaces: dict[tuple[int, Any], set[str]] = defaultdict(set)
    for row in ask(_SURFACES):
        surfaces[row["video_id"], row["name_id"]].add(row["surface"])
    for row in ask(_ENDS):
        if row["kind"] == "stated" or row["evidence_id"] in library.wrong:
            continue
        video_id = library.evidence[row["evidence_id"]]["video_id"]
        held = library.held(row["evidence_id"])
        said = squeeze("".join(cue.text for cue in held))
        speakers = [cue.speaker or "" for cue in held]
        for role, end in (("source", row["source_id"]), ("target", row["target_id"])):
            names = surfaces[video_id, end]
            speaks = row["kind"] == "speaks_of" and role == "source"
            stands = (
                any(label.startswith(name) for label in speakers for name in names)
                if speaks
                else any(squeeze(name) in said for name in names)
            )
            if not stands:
                kind = row["kind"].replace("_", " ")
                found.fault("brain", kind, row["id"], f"its {role} is not named there")


def hold_corrections(ask: Ask, library: Library, found: Audit) -> None:
    """Note corrections that replace what does not stand there, change a number, or too much."""
    changed: Counter[tuple[int, int]] = Counter()
    ends: dict[tuple[int, int], int] = {}
    for row in ask(_FIXES):
        found.looked["brain"]["correction"] += 1
        place = (row["transcript_id"], row["cue"])
        cue = library.cues[row["transcript_id"]][row["cue"]]
        changed[row["video_id"], row["cue"]] += letters_apart(row["before"], row["after"])
        why = None
        if cue.text[row["start_char"] : row["end_char"]] != row["before"]:
            why = "its words do not stand there"
        elif row["start_char"] < ends.get((row["video_id"], row["cue"]), 0):
            why = "it overlaps another"
        elif digits(row["before"]) != digits(row["after"]):
            why = "it changes a number"
        elif changed[row["video_id"], row["cue"]] > max(MOST_CHANGED * len(cue.text), SHORT_CHANGE):
            why = "too much of its cue is changed"
        ends[row["video_id"], row["cue"]] = row["end_char"]
        if why is not None:
            found.fault("brain", "correction", row["id"], f"{place}: {why}")


def letters_apart(before: str, after: str) -> float:
    """Return how many letters were exchanged, a change of one for another counted once."""
    common = [0] * (len(after) + 1)
    for one in before:
        last = 0
        for at, other in enumerate(after, start=1):
            longest = last + 1 if one == other else max(common[at], common[at - 1])
            last, common[at] = common[at], longest
    return (len(before) + len(after)) / 2 - common[-1]


def digits(text: str) -> str:
    """Return the digits of a text."""
    return "".join(char for char in text if char.isdigit())


def hold_points(ask: Ask, library: Library, found: Audit) -> None:
    """Note points for somebody whom the recording does not name, or by when nobody said."""
    for row in ask(_POINTS):
        kind = "action"
        if not row["is_known"]:
            found.fault("brain", kind, row["id"], f"nobody is called {row['who']!r}")
        said = squeeze("".join(cue.text for cue in library.held(row["evidence_id"])))
        if row["due"] and squeeze(row["due"]) not in said:
            found.fault("brain", kind, row["id"], f"nobody said {row['due']!r}")


def hold_companies(ask: Ask, library: Library, found: Audit) -> None:
    """Note companies that are not called so by the quote; implied ones, in the recording."""
    whole: dict[int, str] = {}
    for row in ask(_MENTIONS):
        if row["heard_as"] is None:
            continue
        near = squeeze("".join(cue.text for cue in library.held(row["evidence_id"], around=1)))
        if row["resolution"] == "implied":
            key = library.evidence[row["evidence_id"]]["transcript_id"]
            if key not in whole:
                whole[key] = squeeze("".join(cue.text for cue in library.cues[key]))
            near = whole[key]
        if squeeze(row["heard_as"]) not in near:
            found.fault("stocks", "mention", row["id"], f"{row['heard_as']!r} was not said there")


def hold_stances(told: Mapping[str, Any], found: Audit) -> None:
    """Note points of timelines that quote what was not said in that recording, or not then."""
    for line in told["timelines"]:
        for point in line["points"]:
            hold_quote(
                found, ("stocks", "stance"), point, f"{line['symbol']} {point['quote'][:60]}"
            )
    for event in told["events"]:
        if event["kind"] == "silence":
            found.looked["stocks"]["silence"] += 1
        else:
            hold_quote(found, ("stocks", "stance event"), event["point"], event["symbol"])


def hold_entities(told: Mapping[str, Any], found: Audit) -> None:
    """Note entities over all recordings without a place, or with one where nobody named them."""
    for entity in told["entities"]:
        found.looked["brain"]["entity"] += 1
        if not entity["citations"]:
            found.fault("brain", "entity", entity["name"], "it has no place")
        for cited in entity["citations"]:
            hold_quote(found, ("brain", "entity place"), cited, entity["name"])


def hold_quote(found: Audit, kind: tuple[str, str], cited: Mapping[str, Any], key: str) -> None:
    """Note when what a person is shown as a quote is nothing that resolves, or at another time."""
    profile, what = kind
    found.looked[profile][what] += 1
    rows = found.by_text[cited["video_id"], squeeze(cited["quote"])]
    if cited["start_ms"] not in {row["start_ms"] for row in rows}:
        found.fault(profile, what, f"{key} {cited['video_id']}", "nobody said it there")
