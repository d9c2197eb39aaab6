"""Commands that only read, on what the demo made: results, JSON, refusals and exit codes."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from footnoted.db import embedded

if TYPE_CHECKING:
    from tests.acceptance.program import Home


def sentence(home: Home, *arguments: str, code: int = 2, **variables: str) -> str:
    """Return the one line with which a command refuses."""
    ended = home.run(*arguments, **variables)
    assert (ended.returncode, ended.stdout) == (code, ""), ended.stderr
    (line,) = ended.stderr.strip().splitlines()
    return line.removeprefix("footnoted: ")


def test_status_tells_what_stopped_and_how_to_go_on(library: Home) -> None:
    """The sample that the gate stops is named with its reason and the command to type."""
    answer = library.ask("status")
    (stop,) = answer["stopped"]
    ended = library.run("status")
    assert answer["schema"] == "footnoted.status/1"
    assert (answer["daemon_is_running"], answer["waiting"], answer["alerts"]) == (False, [], [])
    assert (stop["status"], stop["count"], stop["code"]) == ("quarantined", 1, "quality_repetition")
    assert ended.returncode == 0
    assert f"take up again: {stop['retry']}\n" in ended.stdout
    assert "9 indexed, 1 quarantined" in ended.stdout


def test_show_tells_everything_about_a_video(library: Home) -> None:
    """Facts, words, topics, moments whose links play, pages, runs and events."""
    answer = library.ask("show", "1", "--transcript")
    text = library.run("show", "1", "--transcript").stdout
    assert (answer["schema"], answer["facts"]["id"]) == ("footnoted.show/1", 1)
    assert answer["state"]["status"] == "indexed"
    documents = answer["indexing"]["documents"]
    assert (documents > 0, answer["indexing"]["is_searchable"]) == (True, True)
    assert f"{documents} documents, all can be found" in text
    assert answer["moments"] != []
    assert {run["status"] for run in answer["runs"]} == {"done"}
    assert answer["facts"]["title"] in text
    assert answer["topics"][0]["title"] in text
    for line in answer["moments"]:
        assert line["moment"]["title"] in text
        assert line["evidence"]["match"] in {"exact", "fuzzy", "relocated"}
    assert answer["cues"][0]["text"] in text


def test_show_of_what_stopped_names_the_way_on(library: Home) -> None:
    """One video, one command."""
    (stop,) = library.ask("status")["stopped"]
    video = str(stop["examples"][0]["id"])
    ended = library.run("show", video)
    assert ended.returncode == 0
    assert f"`footnoted retry {video} --accept-quality` takes it up again" in ended.stdout


def test_runs_are_listed(library: Home) -> None:
    """A number, a trigger and an end each."""
    (run,) = library.ask("runs", "1")["runs"]
    assert (run["run_number"], run["trigger"], run["status"]) == (1, "manual", "done")
    assert library.run("runs", "1").stdout.startswith("id  run  trigger  status")


@pytest.mark.parametrize(
    ("form", "begins"), [("vtt", "WEBVTT\n"), ("srt", "1\n00:00:"), ("txt", "[00:00:")]
)
def test_a_transcript_is_written_in_three_formats(library: Home, form: str, begins: str) -> None:
    """To stdout, and nothing else there."""
    ended = library.run("transcript", "1", "--format", form)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith(begins)


def test_a_transcript_is_written_to_a_file(library: Home, tmp_path: Path) -> None:
    """The file holds it, stdout nothing; a folder that is not there is a sentence."""
    path = tmp_path / "words.vtt"
    ended = library.run("transcript", "1", "--output", str(path))
    assert (ended.returncode, ended.stdout) == (0, "")
    assert path.read_text(encoding="utf-8").startswith("WEBVTT\n")
    away = tmp_path / "none" / "words.vtt"
    expected = f"cannot write {away}: No such file or directory"
    assert sentence(library, "transcript", "1", "--output", str(away)) == expected


def test_what_does_not_exist_is_a_sentence(library: Home) -> None:
    """Exit code 2 and the command that lists what there is."""
    expected = "there is no video 999; `footnoted status` names some"
    assert sentence(library, "show", "999") == expected
    assert sentence(library, "runs", "999") == expected
    assert sentence(library, "source", "pause", "7") == "there is no source 7"


def test_config_shows_values_and_origins_and_no_secret(library: Home, tmp_path: Path) -> None:
    """A secret shows that it is set and where from, never what it is."""
    secret = tmp_path / "key"
    secret.write_text("zyzzyva", encoding="utf-8")
    variables = {"FOOTNOTED_QDRANT_API_KEY_FILE": str(secret), "FOOTNOTED_LEASE_S": "7"}
    plain = library.run("config", **variables)
    answer = json.loads(library.run("config", "--json", **variables).stdout)["settings"]
    assert "zyzzyva" not in plain.stdout + json.dumps(answer)
    assert answer["FOOTNOTED_LEASE_S"] == {"value": 7.0, "from": "FOOTNOTED_LEASE_S"}
    assert answer["FOOTNOTED_POLL_INTERVAL_S"]["from"] == "default"
    key = answer["FOOTNOTED_QDRANT_API_KEY"]
    assert key["from"] == f"FOOTNOTED_QDRANT_API_KEY_FILE ({secret})"
    assert str(library.data_dir) in plain.stdout


def test_wrong_settings_end_every_command_in_one_sentence(library: Home) -> None:
    """The variable is named, with the nearest valid one."""
    name = "FOOTNOTED_LEASES"
    expected = f"{name} is not a setting of footnoted; did you mean FOOTNOTED_LEASE_S?"
    assert sentence(library, "status", FOOTNOTED_LEASES="1") == expected
    assert sentence(library, "config", FOOTNOTED_LEASE_S="x").startswith("FOOTNOTED_LEASE_S: ")


def test_a_database_that_is_away_is_exit_code_4(library: Home) -> None:
    """One sentence that names it."""
    url = "postgresql://nobody@127.0.0.1:9/none"
    assert "cannot be reached" in sentence(library, "status", code=4, FOOTNOTED_DATABASE_URL=url)


def test_a_current_schema_needs_no_migration(library: Home) -> None:
    """Migrating twice changes nothing."""
    answer = library.ask("migrate")
    assert answer["before"] == answer["after"]
    assert "already" in library.run("migrate").stdout


def test_nobody_is_healthy_where_no_daemon_runs(library: Home) -> None:
    """Exit code 1, and the data directory whose daemon it is not."""
    ended = library.run("healthcheck")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert str(library.data_dir) in ended.stderr
    assert library.ask("healthcheck")["is_running"] is False


def test_no_source_is_followed_yet(library: Home) -> None:
    """An empty list says how to begin."""
    assert "`footnoted source add PLACE`" in library.run("source", "list").stdout
    assert library.ask("source", "list")["sources"] == []


def test_a_source_is_tried_without_following_it(library: Home, project_root: Path) -> None:
    """What it would take, by whom, what not, and what it would cost."""
    samples = str(project_root / "samples")
    profiles = ("--profile", "techniques", "--profile", "brain")
    answer = library.ask("source", "test", samples, *profiles)
    assert len(answer["takes"]) == 10
    assert answer["cost"]["models"] == {"calls": 0, "usd": "0.000000", "p90_usd": "0.000000"}
    assert [one["profile"] for one in answer["cost"]["profiles"]] == ["techniques", "brain"]
    assert [item["path"].endswith("README.md") for item in answer["ignored"]] == [True]
    assert "not taken" in library.run("source", "test", samples).stderr
    assert "there is no folder" in sentence(library, "source", "test", "/no/such")


@pytest.mark.parametrize(
    "arguments",
    [["status", "--nope"], ["show"], ["show", "one"], ["transcript", "1", "--format", "pdf"]],
)
def test_a_command_that_is_used_wrongly_ends_with_2(library: Home, arguments: list[str]) -> None:
    """What it takes is said on stderr; no database is needed for that."""
    ended = library.run(*arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Usage:" in ended.stderr


def test_a_reader_that_has_seen_enough_hears_no_complaint(library: Home) -> None:
    """`footnoted transcript 1 | head -1` says nothing on stderr."""
    command = f"{sys.executable} -m footnoted transcript 1 | head -c 6"
    ended = subprocess.run(
        ["bash", "-c", command], env=library.environment, capture_output=True, check=True
    )
    assert (ended.stdout, ended.stderr) == (b"WEBVTT", b"")


def started(home: Home) -> subprocess.Popen[str]:
    """Return `footnoted status` at work."""
    return subprocess.Popen(
        [sys.executable, "-m", "footnoted", "status"],
        env=home.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def interrupted(process: subprocess.Popen[str]) -> tuple[str, int]:
    """Send Ctrl-C; return what the program said then, and its exit code."""
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=30)[1], process.returncode


def test_ctrl_c_while_a_command_is_loaded_ends_it_without_a_word(library: Home) -> None:
    """Exit code 130, as early as it has begun at all."""
    process = started(library)
    maps = Path(f"/proc/{process.pid}/maps")
    for _ in range(2000):  # imported by the program, by nothing that Python starts with
        if "_asyncio" in maps.read_text(encoding="utf-8"):
            break
        time.sleep(0.002)
    assert interrupted(process) == ("", 130)


def test_ctrl_c_while_a_command_waits_for_the_database_ends_it_without_a_word(
    library: Home,
) -> None:
    """Exit code 130: no traceback of what was going on."""

    async def interrupt(url: str) -> tuple[str, int]:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE videos IN ACCESS EXCLUSIVE MODE")
                process = started(library)
                for _ in range(300):
                    if await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                        break
                    await asyncio.sleep(0.05)
                return interrupted(process)
        finally:
            await connection.close()

    server = embedded.start(library.data_dir)
    try:
        assert asyncio.run(interrupt(server.url)) == ("", 130)
    finally:
        embedded.stop(server)
