"""What the benches over all four profiles share: the recordings, how they end, what is told of T1.

Every transcript and recording of ../shared/data and the project's samples are taken under each of
the four profiles; nothing is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
from stand import DATA, ROOT, report

from bench.heard import PROFILES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bench.heard import Ask, Audit

FOLDERS = ("captions-*", "asr-json", "audio-samples", "gt-*", "peer-*")
NO_LIMITS = {"rpm": 1_000_000, "itpm": 2_000_000_000, "otpm": 1_000_000_000}
"""What the emulator lets through where speed is not what is measured."""
SYMBOLS = 5
"""The timelines of how many symbols are read in full; of all others, their changes."""
_UNEXPLAINED = """
  SELECT id, profile, status, wait_reason, failure_code, failure_detail FROM videos
  WHERE lease_owner IS NOT NULL OR crashes > 0 OR NOT COALESCE(CASE
    WHEN status = 'indexed' THEN failure_code IS NULL AND not_before IS NULL
    WHEN status IN ('failed', 'quarantined')
      THEN failure_code NOT IN ('', 'unexpected', 'time_limit') AND failure_detail LIKE '% %'
    WHEN status = 'discovered' THEN wait_reason = 'speech_recognition'
      AND wait_detail LIKE '% %' AND not_before > now() END, false)
"""
_ENDS = """
  SELECT profile, count(*) AS n, CASE WHEN status = 'discovered' THEN 'waiting' ELSE status END
    || COALESCE(' ' || COALESCE(failure_code, wait_reason), '') AS what
  FROM videos GROUP BY 1, 3 ORDER BY 1, 2 DESC, 3
"""
_GROUPS = "SELECT id FROM page_groups WHERE done < wanted"
_SYMBOLS = f"""
  SELECT symbol FROM stock_mentions WHERE superseded_at IS NULL AND action IS NOT NULL
    AND symbol IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {SYMBOLS}
"""  # noqa: S608 - a number


def everything() -> list[Path]:
    """Return the folders of transcripts and recordings, and the samples.

    `--folders PATTERN...` takes others instead, which a person may do who looks for a fault.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--folders", nargs="*", default=FOLDERS)
    patterns = parser.parse_args().folders
    if patterns != FOLDERS:
        print(f"# not everything: {patterns} and the samples only")
    found = sorted(folder for pattern in patterns for folder in DATA.glob(pattern))
    return [ROOT / "samples", *found]


def taught(folder: Path) -> dict[str, str]:
    """Return the setting of a folder whose glossary has the corrections that people made of calls.

    So the improved transcripts of `brain` have something to show. What the people left as it was
    elsewhere is a word like any other, and no mishearing.
    """
    calls = DATA / "captions-ethereum-pm"
    left = set[str]()
    for path in calls.glob("*/transcript_corrected.vtt"):
        left |= set(re.findall(r"\b[a-z]+\b", path.read_text(encoding="utf-8")))
    entries: dict[str, str] = {}
    for path in sorted(calls.glob("*/transcript_changelog.tsv")):
        rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:])
        for heard, written in (row[:2] for row in rows if len(row) > 1):
            is_plain = heard.casefold() in left or {",", ":"} & {*heard, *written}
            if not is_plain and heard.casefold() != written.casefold():
                entries.setdefault(heard.casefold(), written)
    glossary = folder / "user" / "prompts" / "brain" / "glossary.txt"
    glossary.parent.mkdir(parents=True)
    glossary.write_text("".join(f"{written}: {heard}\n" for heard, written in entries.items()))
    return {"FOOTNOTED_USER_DIR": str(folder / "user")}


def under_all() -> list[str]:
    """Return the options that take something under every profile."""
    return [word for profile in PROFILES for word in ("--profile", profile)]


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Tell how long a part of the bench took."""
    started_s = time.monotonic()
    yield
    print(f"# {what}: {time.monotonic() - started_s:.0f} s", flush=True)


def asking(url: str) -> Ask:
    """Return what asks a database."""

    async def ask(statement: str) -> Sequence[Any]:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            rows: Sequence[Any] = await connection.fetch(statement)
            return rows
        finally:
            await connection.close()

    return lambda statement: asyncio.run(ask(statement))


def told_by(environment: Mapping[str, str], symbols: Sequence[str]) -> dict[str, Any]:
    """Return what the program tells people of stances and of entities."""
    return {
        "events": tell(environment, "stance")["events"],
        "timelines": [
            line for name in symbols for line in tell(environment, "stance", name)["timelines"]
        ],
        "entities": tell(environment, "entities", "--limit", "1000000")["entities"],
    }


def tell(environment: Mapping[str, str], *words: str) -> Any:
    """Return what a command tells as JSON; it must end with 0."""
    ended = ended_as(environment, *words, "--json")
    assert ended.returncode == 0, (words, ended.returncode, ended.stderr[-2_000:])
    return json.loads(ended.stdout)


def ended_as(environment: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Return a command that has ended, with what it said."""
    kept = {name: value for name, value in os.environ.items() if "FOOTNOTED_" not in name}
    return subprocess.run(
        [sys.executable, "-m", "footnoted", *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
        env={**kept, "PYTHONPATH": str(ROOT / "src"), **environment},
    )


def most_told(ask: Ask) -> list[str]:
    """Return the symbols with the most stances."""
    return [row["symbol"] for row in ask(_SYMBOLS)]


def report_ends(name: str, ask: Ask) -> bool:
    """Print whether every video and every page group is where a person can explain it."""
    odd = [f"video {dict(row)}" for row in ask(_UNEXPLAINED)]
    odd += [f"page group {row['id']} is not done" for row in ask(_GROUPS)]
    for line in odd:
        print("#", line)
    ends: dict[str, list[str]] = {}
    for row in ask(_ENDS):
        ends.setdefault(row["profile"], []).append(f"{row['n']} {row['what']}")
    for profile, how in ends.items():
        print(f"# {profile}: {', '.join(how)}")
    holds = not odd and sorted(ends) == sorted(PROFILES)
    return report(f"{name}.ends", str(len(odd)), "unexplained", "0", holds=holds)


def report_truth(name: str, found: Audit) -> list[bool]:
    """Print, for each profile, how much of what it published can be heard."""
    verdicts = []
    for profile in PROFILES:
        faults, missing = found.faults[profile], found.missing(profile)
        for (kind, key), why in sorted(faults.items())[:20]:
            print(f"# {profile} {kind} {key}: {why}")
        for kind in missing:
            print(f"# {profile}: nothing published as {kind!r}")
        verdicts.append(
            report(
                f"{name}.{profile}",
                f"{found.share(profile):.2f}",
                "%_resolving",
                "100",
                holds=not faults and not missing,
                note=found.told(profile),
            )
        )
    return verdicts


def report_verify(name: str, environment: Mapping[str, str]) -> bool:
    """Print what `footnoted verify` says of the same; it must end with 0."""
    ended = ended_as(environment, "verify", "--json")
    verified = json.loads(ended.stdout)
    for offender in verified["offenders"][:20]:
        print("#", offender)
    looked = {part: verified[part] for part in ("claims", "moments", "evidence", "rejected")}
    return report(
        f"{name}.verify",
        str(len(verified["offenders"])),
        "findings",
        "0",
        holds=ended.returncode == 0 and verified["claims"] > 0 and verified["moments"] > 0,
        note=f"exit {ended.returncode}, {looked}",
    )
