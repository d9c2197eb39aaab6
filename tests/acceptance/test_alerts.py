"""Alerts, the capture of prompts and the list of calls, through the installed program."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.program import execute

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.acceptance.program import Home

KEY = "sk-ant-api03-T0KEN-of-the-key"
SECRET = "T0KEN-of-the-hook"  # noqa: S105 - invented
RAISE = """
  INSERT INTO alerts (code, concerns, message) VALUES ('kills_process', 'video 1', 'it died')
"""


@contextmanager
def hook(status: int = 200) -> Generator[tuple[str, list[dict[str, Any]]]]:
    """Yield the address of a server that answers `status`, and what was posted to it."""
    posted: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            posted.append(json.loads(self.rfile.read(length)))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{SECRET}", posted
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.endurance
def test_a_drain_delivers_before_it_ends_and_no_run_after_it_again(own_library: Home) -> None:
    """Once for the opening, to each receiver; once more when somebody ended it."""
    execute(own_library, RAISE)
    with hook() as (url, posted):
        ends = [own_library.run("run", "--drain", FOOTNOTED_ALERT_URL=url) for _ in range(2)]
        dismissed = own_library.ask("alert", "dismiss", "kills_process")
        ends.append(own_library.run("run", "--once", FOOTNOTED_ALERT_URL=url))
    told = [[(one["code"], one["state"]) for one in message["alerts"]] for message in posted]
    assert [ended.returncode for ended in ends] == [0, 0, 0], ends[0].stdout
    assert dismissed["dismissed"] == 1
    assert told == [[("kills_process", "open")], [("kills_process", "over")]]
    assert posted[0]["text"] == "footnoted: kills_process (video 1): it died"


def test_a_daemon_tells_a_command_within_seconds(own_library: Home, tmp_path: Path) -> None:
    """While it runs, and not only at its end."""
    execute(own_library, RAISE)
    file = tmp_path / "told"
    with own_library.daemon(FOOTNOTED_ALERT_COMMAND=f"tee -a '{file}'") as daemon:
        daemon.wait_for("alert.delivered")
        code, _ = daemon.stop()
    assert code == 0
    assert json.loads(file.read_text())["alerts"][0]["concerns"] == "video 1"


@pytest.mark.endurance
def test_a_receiver_that_refuses_is_shown_and_harms_nothing(own_library: Home) -> None:
    """One line in the log, one in status, one in doctor; the run ends well."""
    execute(own_library, RAISE)
    with hook(500) as (url, _):
        ended = own_library.run("run", "--drain", FOOTNOTED_ALERT_URL=url)
        doctor = own_library.ask("doctor")
        named = own_library.run("doctor", "--json", FOOTNOTED_ALERT_URL=url)
    (silent,) = own_library.ask("status")["silent_receivers"]
    text = own_library.run("status").stdout
    (check,) = [one for one in json.loads(named.stdout)["checks"] if one["name"] == "alerts"]
    assert ended.returncode == 0
    assert ended.stdout.count("alert.undelivered") == 1
    assert (silent["name"], silent["why"], silent["waiting"]) == (
        "FOOTNOTED_ALERT_URL",
        "it answered 500",
        1,
    )
    assert "! 1 alert could not be sent to FOOTNOTED_ALERT_URL since" in text
    assert check["state"] == "warning"
    assert {one["name"]: one["state"] for one in doctor["checks"]}["alerts"] == "ok"


@pytest.mark.endurance
def test_a_drain_waits_no_longer_than_fifteen_seconds_for_a_command(own_library: Home) -> None:
    """One that never ends is killed."""
    execute(own_library, RAISE)
    started_s = time.monotonic()
    ended = own_library.run("run", "--once", FOOTNOTED_ALERT_COMMAND="sleep 3600")
    assert ended.returncode == 0
    assert time.monotonic() - started_s < 40


def test_alert_test_says_what_became_of_it_at_each_receiver(new_home: Home) -> None:
    """It needs no database."""
    with hook() as (url, posted), hook(404) as (elsewhere, _):
        well = new_home.run("alert", "test", FOOTNOTED_ALERT_URL=url)
        both = new_home.run(
            "alert",
            "test",
            "--json",
            FOOTNOTED_ALERT_URL=elsewhere,
            FOOTNOTED_ALERT_COMMAND="true",
        )
    assert (well.returncode, well.stdout) == (0, "FOOTNOTED_ALERT_URL: taken\n")
    assert posted[0]["is_test"] is True
    assert both.returncode == 1
    assert json.loads(both.stdout)["receivers"] == [
        {"receiver": "FOOTNOTED_ALERT_URL", "taken": False, "why": "it answered 404"},
        {"receiver": "FOOTNOTED_ALERT_COMMAND", "taken": True, "why": None},
    ]
    assert not new_home.data_dir.exists()


@pytest.mark.parametrize("command", [("alert", "test"), ("run", "--once")])
def test_a_receiver_that_cannot_work_is_refused_at_once(
    new_home: Home, command: tuple[str, str]
) -> None:
    """In one sentence without its address, before any work."""
    ended = new_home.run(*command, FOOTNOTED_ALERT_URL=f"hooks.example/{SECRET}")
    assert (ended.returncode, ended.stderr) == (
        2,
        "footnoted: FOOTNOTED_ALERT_URL is not an http:// or https:// address\n",
    )


def test_alert_test_without_receivers_says_how_to_name_one(new_home: Home) -> None:
    """Exit code 2, one sentence."""
    ended = new_home.run("alert", "test")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("footnoted: nobody is told of alerts: set FOOTNOTED_ALERT_URL ")


@pytest.mark.endurance
def test_nothing_secret_is_logged_or_shown(own_library: Home) -> None:
    """With a key and an address set, at the finest level, with receivers that take and refuse."""
    execute(own_library, RAISE)
    said = ""
    with hook() as (url, posted), hook(503) as (refusing, _):
        for address in (refusing, f"http://127.0.0.1:1/{SECRET}", url):
            secrets = {
                "FOOTNOTED_ALERT_URL": address,
                "FOOTNOTED_ANTHROPIC_API_KEY": KEY,
                "FOOTNOTED_MODEL": "extractive",
                "FOOTNOTED_LOG_LEVEL": "debug",
            }
            for command in (
                ("config",),
                ("config", "--json"),
                ("run", "--drain"),
                ("status",),
                ("status", "--json"),
                ("alert", "test"),
            ):
                ended = own_library.run(*command, **secrets)
                said += ended.stdout + ended.stderr
    assert len(posted) == 2
    assert "alert.undelivered" in said
    assert "FOOTNOTED_ALERT_URL: taken" in said
    assert "T0KEN" not in said


def test_the_capture_of_prompts_is_switched_while_others_read(own_library: Home) -> None:
    """For a time, for good, and off."""
    before = own_library.ask("capture", "status")
    for_a_time = own_library.run("capture", "on", "--for", "2h")
    now = own_library.ask("capture", "status")
    for_good = own_library.ask("capture", "on")
    off = own_library.ask("capture", "off")
    wrong = own_library.run("capture", "on", "--for", "ever")
    assert (before["is_on"], before["until"]) == (False, None)
    assert "Whole prompts are kept, until 20" in for_a_time.stdout
    assert (now["is_on"], now["until"] is not None) == (True, True)
    assert (for_good["is_on"], for_good["until"], off["is_on"]) == (True, None, False)
    assert (wrong.returncode, "give 90s, 30m, 2h, or 3d" in wrong.stderr) == (2, True)


def test_the_calls_of_a_video_are_listed(library: Home) -> None:
    """With cost and first words; whole texts when they are asked for."""
    answer = library.ask("calls", "1")
    text = library.run("calls", "1").stdout
    (first, *_) = answer["calls"]
    whole = library.ask("calls", "1", "--full")["calls"][0]
    assert (answer["schema"], answer["kind"], answer["ids"]) == ("footnoted.calls/1", "video", [1])
    assert (first["state"], first["usable"], first["model"]) == ("answered", True, "extractive")
    assert (len(first["answer"]) <= 200, whole["answer"].startswith(first["answer"])) == (
        True,
        True,
    )
    assert f"{first['id']} {first['stage']} {first['label']}: answered\n" in text
    assert f"{len(answer['calls'])} calls, $0.000000\n" in text


def test_the_calls_of_a_creators_pages_are_listed(library: Home) -> None:
    """By name; what does not exist is named."""
    groups = library.ask("calls", "--creator", "knot and grain")
    one = library.ask("calls", "--group", str(groups["ids"][0]))
    assert (groups["kind"], groups["calls"] != []) == ("page_group", True)
    assert one["calls"] != []
    refusals = [
        library.run("calls", *arguments)
        for arguments in (("99",), ("--creator", "nobody"), (), ("1", "--group", "2"))
    ]
    assert [ended.returncode for ended in refusals] == [2, 2, 2, 2]
    assert "there is no video 99" in refusals[0].stderr


def test_without_batches_nothing_is_listed(library: Home) -> None:
    """And what was never made cannot be cancelled."""
    none, unknown = library.run("batches"), library.run("batches", "cancel", "1")
    assert none.stdout.startswith("No call was ever put into a batch; FOOTNOTED_LLM_MODE ")
    assert (unknown.returncode, unknown.stderr) == (
        2,
        "footnoted: there is no batch 1; `footnoted batches` lists them\n",
    )
