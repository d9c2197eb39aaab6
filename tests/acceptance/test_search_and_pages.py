"""`search`, `pages`, `recent` and `verify` while no daemon runs."""

from __future__ import annotations

import fcntl
import json
import re
from typing import TYPE_CHECKING

from tests.acceptance.program import execute

if TYPE_CHECKING:
    from tests.acceptance.program import Home


def test_a_search_finds_moments_with_links_and_matches(library: Home) -> None:
    """The best hit plays at the second it was said, and says where the words are."""
    answer = library.ask("search", "parallel compression", "--kind", "moment")
    best = answer["results"][0]
    marked = [best["excerpt"][start:end].casefold() for start, end in best["matches"]]
    assert answer["schema"] == "footnoted.search/1"
    assert (best["rank"], best["creator"]) == (1, "Low Ceiling Studio")
    assert {"parallel", "compression"} <= set(marked)
    assert re.fullmatch(r"https://video\.example/\S+[?&]t=\d+", best["link"])
    assert {hit["kind"] for hit in answer["results"]} == {"moment"}


def test_filters_narrow_a_search(library: Home) -> None:
    """Only what the named creator said comes back, whatever the case of the name."""
    answer = library.ask("search", "glue", "--creator", "KNOT AND GRAIN", "--limit", "3")
    assert {hit["creator"] for hit in answer["results"]} == {"Knot and Grain"}


def test_a_search_without_hits_says_why(library: Home) -> None:
    """Filters that are too narrow are named; words that nobody said are not blamed on them."""
    narrow = library.run("search", "glue", "--creator", "Nobody")
    absent = library.run("search", "zyzzyva")
    assert (narrow.returncode, narrow.stdout) == (0, "")
    assert "Nothing matches with --creator" in narrow.stderr
    assert (absent.returncode, absent.stdout) == (0, "")
    assert "has these words" in absent.stderr


def test_nothing_indexed_yet_is_said_with_what_to_do(new_home: Home) -> None:
    """A bare machine gets no error but the next command."""
    ended = new_home.run("search", "anything")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert "footnoted add PATH" in ended.stderr


def test_an_index_held_by_a_silent_process_ends_a_search(own_library: Home) -> None:
    """One sentence and exit code 4, not a wait for ever."""
    with (own_library.data_dir / "index" / "index.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = own_library.run("search", "glue")
    assert (ended.returncode, ended.stdout) == (4, "")
    assert "is held by another process" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_pages_are_listed_and_shown_with_footnotes(library: Home) -> None:
    """A page of the list reads as Markdown: each claim ends in a number that has its note."""
    pages = library.ask("pages", "--creator", "low-ceiling-studio")["pages"]
    slug = pages[0]["slug"]
    shown = library.run("pages", slug)
    page = library.ask("pages", slug)["page"]
    claims = [line for line in shown.stdout.splitlines() if line.startswith("- ")]
    assert {one["creator"] for one in pages} == {"Low Ceiling Studio"}
    assert shown.stdout.startswith(f"# {pages[0]['title']}\n")
    assert len(claims) == page["claim_count"] > 0
    assert all(re.search(r"\[\^\d+\]$", claim) for claim in claims)
    assert [note["number"] for note in page["footnotes"]] == [
        int(number) for number in re.findall(r"^\[\^(\d+)\]:", shown.stdout, re.MULTILINE)
    ]


def test_a_page_that_does_not_exist_is_named_with_its_nearest(library: Home) -> None:
    """A misspelt slug and a version that never was are usage errors that help."""
    slug = library.ask("pages")["pages"][0]["slug"]
    misspelt = library.run("pages", f"{slug}x")
    version = library.run("pages", slug, "--version", "99")
    assert misspelt.returncode == version.returncode == 2
    assert f"did you mean {slug}" in misspelt.stderr
    assert "it has 1" in version.stderr


def test_recent_shows_what_was_made_newest_first(library: Home) -> None:
    """Times fall; a day from the future is a usage error only when it is no date."""
    made = library.ask("recent", "--since", "1d", "--limit", "50")["documents"]
    wrong = library.run("recent", "--since", "yesterday")
    times = [one["at"] for one in made]
    assert {one["kind"] for one in made} == {"page", "moment"}
    assert times == sorted(times, reverse=True)
    assert (wrong.returncode, "is no time" in wrong.stderr) == (2, True)


def test_verify_holds_after_the_demo_and_names_what_was_tampered_with(own_library: Home) -> None:
    """Exit 0 when all resolves; 1 with the offender when words were put into a mouth."""
    before = own_library.run("verify")
    execute(
        own_library,
        "UPDATE evidence SET text = 'nobody ever said this' WHERE id = (SELECT min(id::text)::uuid"
        " FROM evidence WHERE match <> 'rejected')",
    )
    after = own_library.run("verify", "--json")
    report = json.loads(after.stdout)
    assert (before.returncode, "all resolve" in before.stdout) == (0, True)
    assert (after.returncode, report["holds"]) == (1, False)
    assert {one["what"] for one in report["offenders"]} >= {"evidence", "moment"}
    assert "does not stand at its cues" in report["offenders"][0]["why"]


def test_a_speaker_is_given_a_name(own_library: Home) -> None:
    """In a new version, which search finds; somebody who does not speak is refused by name."""
    hits = own_library.ask("search", "ferry timetable app", "--kind", "window")["results"]
    video = str(hits[0]["video_id"])
    refused = own_library.run("transcript", video, "--speaker", "Nobody=Ana")
    renamed = own_library.run("transcript", video, "--speaker", "Ines=Ana")
    own_library.run("run", "--drain")
    words = own_library.run("transcript", video).stdout
    assert (refused.returncode, renamed.returncode) == (2, 0)
    assert "there speaks Ines" in refused.stderr
    assert "<v Ana>" in words
    assert "<v Ines>" not in words
