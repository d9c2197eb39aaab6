"""Figure T3: WebVTT conformance, all 51 of the W3C's file-parsing tests (web-platform-tests).

What is checked is what a transcript is made of: how many cues there are, and their ids, texts and
times, as each test's assertions state them. Assertions about where a cue stands on the screen
(align, line, position, size, vertical, region, style sheets) concern a player; the parser keeps
settings as written, and these assertions are counted and reported, not evaluated.

The extraction that made `expected.json` turned runs of white space into one space (the original
of whitespace-chars expects three before `text0`), so texts are compared with runs folded.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

TIME_LIMIT_S = 300
ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT.parent / "shared" / "data" / "peer-wpt-webvtt"
sys.path.insert(0, str(ROOT / "src"))

from footnoted.transcripts.encoding import decode  # noqa: E402 - found through the path above
from footnoted.transcripts.formats.webvtt import VttCue, parse_webvtt  # noqa: E402 - the same
from footnoted.transcripts.unreadable import FormatProblem  # noqa: E402 - the same

SUBJECT = re.compile(
    r"assert_equals\((?:cues\[(?P<nth>\d+|i|index)\]|cue)\.(?P<field>\w+), (?P<value>.*)\);$"
)
COUNT = re.compile(r"assert_equals\(cues\.length, (\d+)(?:, cues)?\);$")
STARTS_AND_ENDS = {"timings-negative": [(0, 0), (1, 0.999), (60, 59.999), (3600, 3599.999)]}


def cues_of(path: Path) -> list[VttCue] | None:
    """Return the cues of a test file, or None when the parser refuses it."""
    data = path.read_bytes()
    try:
        return parse_webvtt(decode(data).text if data else "").cues
    except FormatProblem:
        return None


def value_of(cue: VttCue, field: str) -> object:
    """Return what the test calls a field of a cue; times are seconds there."""
    return {
        "id": cue.id,
        "text": cue.text,
        "startTime": cue.start_ms / 1000,
        "endTime": cue.end_ms / 1000,
    }[field]


def folded(value: object) -> object:
    """Return a text with its runs of spaces as one, line breaks kept; other values as they are."""
    return re.sub(r" +", " ", value) if isinstance(value, str) else value


def expected(source: str, at: int) -> object:
    """Return the value an assertion expects of the cue at a place; loops count their cues."""
    source = re.sub(r", 'Failed with cue ' \+ (?:i|index)$", "", source)
    joined = re.match(r"'(.*)' \+ (?:i|index)$", source)
    if joined:
        return f"{joined[1]}{at}"
    if source.startswith("'"):
        source = json.dumps(source[1:-1].replace("\\n", "\n"))
    return json.loads(source)


def check(name: str, cues: list[VttCue], assertion: str, seen: dict[str, int]) -> list[str]:
    """Return what is wrong with the cues by one assertion; count it as checked or as layout."""
    found = SUBJECT.match(assertion)
    if found is None or found["field"] not in ("id", "text", "startTime", "endTime"):
        seen["layout"] += 1
        return []
    seen["checked"] += 1
    field, value = found["field"], found["value"]
    loop = found["nth"] in (None, "i", "index")
    places = list(range(len(cues))) if loop else [int(found["nth"])]
    if found["nth"] is None and re.fullmatch(r"'(?:id|text)\d'", value):
        places = [int(value[-2])]  # settings-multiple takes its cues one after the other
    wrong: list[str] = []
    for at in places:
        if re.match(r"(startTime|endTime),", value):
            want: object = STARTS_AND_ENDS[name][at][field == "endTime"]
        else:
            want = expected(value, at)
        got = value_of(cues[at], field)
        if folded(got) != folded(want):
            wrong.append(f"{name}[{at}].{field}: {got!r} is not {want!r}")
    return wrong


def failures(name: str, test: dict[str, object], seen: dict[str, int]) -> list[str]:
    """Return everything one test finds wrong with the parser."""
    cues = cues_of(TESTS / str(test["file"]))
    if "expect" in test:
        assert test["expect"] == "error: signature invalid, no cues"
        return [] if cues is None else [f"{name}: was not refused"]
    if cues is None:
        return [f"{name}: was refused"]
    if test["cue_count"] is not None and len(cues) != test["cue_count"]:
        return [f"{name}: {len(cues)} cues, not {test['cue_count']}"]
    assertions = test["asserts"]
    assert isinstance(assertions, list)
    return [
        wrong
        for assertion in assertions
        if not COUNT.match(assertion)
        for wrong in check(name, cues, assertion, seen)
    ]


def main() -> int:
    """Print how many of the tests pass."""
    if not TESTS.is_dir():
        print("T3 - - - SKIP (no ../shared/data)")
        return 0
    tests = json.loads((TESTS / "expected.json").read_text("utf-8"))
    assert len(tests) == 51
    seen = {"checked": 0, "layout": 0}
    passed = 0
    for name, test in sorted(tests.items()):
        wrong = failures(name, test, seen)
        passed += not wrong
        for line in wrong:
            print(f"  {line}", file=sys.stderr)
    print(
        f"  {seen['checked']} field assertions held, {seen['layout']} about layout not evaluated",
        file=sys.stderr,
    )
    print(f"T3 {passed} of-51-files 51 {'PASS' if passed == 51 else 'FAIL'}")
    return 0 if passed == 51 else 1


if __name__ == "__main__":
    sys.exit(main())
