"""A run of yt-dlp: its limits, its folder, its environment, and what its end means."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

import psutil
import pytest

from footnoted.errors import PermanentError
from footnoted.fetch.port import HostRestsError, HostUnreachableError
from footnoted.fetch.ytdlp.faults import Fault, FaultKind
from footnoted.fetch.ytdlp.limits import RunLimits
from footnoted.fetch.ytdlp.port import CaptionsRequest, YtDlpFailedError, YtDlpUnusableError
from footnoted.fetch.ytdlp.program import Place, YtDlpProgram, clear_leftovers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.turns import FakeTurns
    from tests.integration.fetch.ytdlp.conftest import Scripted

PAGE = "https://www.youtube.com/watch?v=aaaaaaaaaaa"
PLAYS = json.dumps({"id": "aaaaaaaaaaa", "formats": [{"vcodec": "none", "acodec": "opus"}]})


def _says(stderr: str, code: int = 1, stdout: str = "") -> str:
    return (
        "import sys\n"
        f"sys.stdout.write({stdout!r})\n"
        f"sys.stderr.write({stderr!r})\n"
        f"sys.exit({code})\n"
    )


async def test_options_keep_the_users_own_configuration_out(scripted: Scripted) -> None:
    """And no address can be taken for an option."""
    script = 'import json, sys; print(json.dumps({"id": "x", "url": "u", "argv": sys.argv[1:]}))'
    answer = await scripted(script).describe(PAGE)
    argv = answer.info["argv"]
    assert isinstance(argv, list)
    assert "--ignore-config" in argv
    assert "--no-playlist" in argv
    assert argv[-2:] == ["--", PAGE]
    assert not [word for word in argv if str(word).startswith("--cookies")]


async def test_the_cookies_file_is_copied_and_stays_as_it_is(
    turns: FakeTurns, work: Path, tmp_path: Path
) -> None:
    """yt-dlp writes to the file it is given; that is ours to throw away."""
    cookies, script = tmp_path / "cookies.txt", tmp_path / "s.py"
    cookies.write_text("# Netscape HTTP Cookie File\n")
    script.write_text(
        "import json, sys\n"
        "path = next(a for a in sys.argv if a.startswith('--cookies=')).partition('=')[2]\n"
        "open(path, 'a').write('more')\n"
        "print(json.dumps({'id': 'x', 'url': 'u', 'path': path}))\n"
    )
    place = Place(work, f"python3 {script}", cookies)
    answer = await YtDlpProgram(place, turns).describe(PAGE)
    assert cookies.read_text() == "# Netscape HTTP Cookie File\n"
    assert str(answer.info["path"]).startswith(str(work))


async def test_no_secret_is_in_its_environment(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs code for a thousand sites; keys are not its business."""
    monkeypatch.setenv("FOOTNOTED_ANTHROPIC_API_KEY", "sk-secret")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    script = 'import json, os; print(json.dumps({"id": "x", "url": "u", "env": dict(os.environ)}))'
    answer = await scripted(script).describe(PAGE)
    assert "sk-secret" not in json.dumps(answer.info["env"])


async def test_the_folder_is_gone_after_success_and_after_failure(
    scripted: Scripted, work: Path
) -> None:
    """Nothing gathers over the years."""
    litter = "open('left.part', 'w').write('x' * 1000)\n"
    await scripted(litter + _says("", 0, PLAYS)).describe(PAGE)
    with pytest.raises(YtDlpFailedError):
        await scripted(litter + _says("boom")).describe(PAGE)
    assert _names_in(work) == []


async def test_what_a_dead_process_left_is_cleared(work: Path) -> None:
    """A folder of a run, but not the cache."""
    (work / "run-abc").mkdir(parents=True)
    (work / "run-abc" / "x").write_text("x")
    (work / "cache").mkdir()
    await asyncio.to_thread(clear_leftovers, work)
    assert _names_in(work) == ["cache"]


async def test_a_run_that_hangs_is_killed_with_all_it_started(scripted: Scripted) -> None:
    """And is a counted attempt."""
    mark = uuid4().hex
    script = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60) # {mark}'])\n"
        "time.sleep(60)\n"
    )
    began = time.monotonic()
    with pytest.raises(YtDlpFailedError, match=r"did not end within 1\.5 s"):
        await scripted(script, RunLimits(timeout_s=1.5)).describe(PAGE)
    assert time.monotonic() - began < 10
    await asyncio.sleep(0.1)
    assert _sleepers(mark) == []


async def test_a_cancelled_run_is_killed_too(scripted: Scripted, work: Path) -> None:
    """A daemon that stops leaves nothing running and nothing lying about."""
    task = asyncio.create_task(scripted("import time; time.sleep(62.25)").describe(PAGE))
    await asyncio.sleep(0.5)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert _names_in(work) == []
    assert [one for one in psutil.process_iter(["cwd"]) if str(work) in str(one.info["cwd"])] == []


async def test_endless_output_is_cut_off(scripted: Scripted) -> None:
    """It is counted while it comes, not after."""
    script = "import sys\nwhile True: sys.stdout.write('{' * 65536)\n"
    limits = RunLimits(timeout_s=30, max_output_bytes=1_000_000)
    with pytest.raises(YtDlpFailedError, match="printed more than 1,000,000 bytes"):
        await scripted(script, limits).describe(PAGE)


async def test_endless_messages_keep_their_end(scripted: Scripted) -> None:
    """Why it failed is said last."""
    noise = "import sys\nfor _ in range(200): sys.stderr.write('WARNING: x\\n' * 1000)\n"
    script = noise + _says("ERROR: [youtube] aaaaaaaaaaa: Private video. Sign in\n")
    answer = await scripted(script).describe(PAGE)
    assert answer.fault == Fault(FaultKind.PRIVATE, "Private video. Sign in")


async def test_a_file_without_end_stops_at_its_limit(scripted: Scripted, tmp_path: Path) -> None:
    """A server that lies about lengths fills no disk."""
    script = (
        "import sys\n"
        "try:\n"
        "    with open('audio.wav', 'wb') as file:\n"
        "        for _ in range(64): file.write(b'x' * 2**20)\n"
        "except OSError as error:\n"
        "    sys.exit(f'ERROR: unable to write data: {error}')\n"
    )
    got = await scripted(script).audio(PAGE, tmp_path / "into", 4 * 2**20)
    assert isinstance(got, Fault)
    assert got.kind is FaultKind.TOO_LARGE


async def test_a_crash_is_a_counted_attempt_and_not_a_judgement(scripted: Scripted) -> None:
    """Its last words are kept for a person; the host is not blamed."""
    script = "raise KeyError('contents')"
    with pytest.raises(YtDlpFailedError, match="exit code 1: KeyError: 'contents'"):
        await scripted(script).describe(PAGE)


@pytest.mark.parametrize(
    ("message", "code", "rest_s"),
    [
        ("Sign in to confirm you\u2019re not a bot", "bot_check", None),
        ("This content isn't available, try again later", "rate_limited", 3600.0),
        ("HTTP Error 429: Too Many Requests", "rate_limited", None),
    ],
)
async def test_a_host_that_refuses_rests(
    scripted: Scripted, turns: FakeTurns, message: str, code: str, rest_s: float | None
) -> None:
    """It says nothing of the item: one rest, and no failed video (complaints 4 and 6)."""
    script = _says(f"WARNING: [youtube] aaaaaaaaaaa: {message}\n", 0, '{"id": "aaaaaaaaaaa"}')
    with pytest.raises(HostRestsError):
        await scripted(script).describe(PAGE)
    assert turns.refusals == [("youtube.com", code, rest_s)]
    assert turns.successes == 0


async def test_a_network_that_is_away_is_a_wait(scripted: Scripted, turns: FakeTurns) -> None:
    """The gate decides when many of these make a rest."""
    turns.rests = False
    script = _says("ERROR: [youtube] x: Unable to download: Connection refused\n")
    with pytest.raises(HostUnreachableError):
        await scripted(script).describe(PAGE)
    assert turns.refusals == [("youtube.com", "unreachable", None)]


async def test_retries_on_the_way_to_success_are_no_fault(
    scripted: Scripted, turns: FakeTurns
) -> None:
    """It says what it retried, and brings what was wanted."""
    script = _says("WARNING: [youtube] HTTP Error 503. Retrying (1/3)...\n", 0, PLAYS)
    answer = await scripted(script).describe(PAGE)
    assert answer.fault is None
    assert turns.refusals == []
    assert turns.successes == 1


async def test_a_command_that_is_not_there_is_a_wait_for_a_person(
    turns: FakeTurns, work: Path
) -> None:
    """No item fails for it."""
    program = YtDlpProgram(Place(work, "/nowhere/yt-dlp"), turns)
    with pytest.raises(YtDlpUnusableError, match="/nowhere/yt-dlp cannot be started") as caught:
        await program.describe(PAGE)
    assert caught.value.wait_reason == "ytdlp_unusable"


@pytest.mark.parametrize(
    "message",
    [
        "yt-dlp: error: no such option: --js-runtimes",
        "ERROR: unable to write data: [Errno 28] No space left on device",
        "ERROR: Cookies file must be Netscape formatted, not JSON.",
    ],
)
async def test_what_this_machine_lacks_is_a_wait_for_a_person(
    scripted: Scripted, message: str
) -> None:
    """The same: the next item would fare no better."""
    with pytest.raises(YtDlpUnusableError):
        await scripted(_says(f"{message}\n", 2)).describe(PAGE)


async def test_sound_without_a_javascript_runtime_says_what_is_missing(
    scripted: Scripted, tmp_path: Path
) -> None:
    """Not that the video has no sound."""
    script = _says(
        "WARNING: [youtube] No supported JavaScript runtime could be found.\n"
        "ERROR: [youtube] aaaaaaaaaaa: Requested format is not available. Use --list-formats\n"
    )
    with pytest.raises(YtDlpUnusableError, match="install deno"):
        await scripted(script).audio(PAGE, tmp_path / "into", 2**20)


async def test_captions_bring_one_file_and_its_language_is_no_pattern(
    scripted: Scripted, tmp_path: Path
) -> None:
    """`--sub-langs` takes regular expressions; a key from outside is none."""
    script = "import sys; open('captions.en.vtt', 'w').write(' '.join(sys.argv))"
    request = CaptionsRequest(PAGE, "en.*", is_auto=True)
    got = await scripted(script).captions(request, tmp_path / "into")
    assert not isinstance(got, Fault)
    assert got == tmp_path / "into" / "captions.en.vtt"
    words = got.read_text().split()
    assert r"--sub-langs=en\.\*" in words
    assert "--write-auto-subs" in words
    assert "--write-subs" not in words


@pytest.mark.parametrize("url", ["file:///etc/passwd", "-o/tmp/x", "ftp://h/x", "http://[", ""])
async def test_only_web_addresses_are_asked(scripted: Scripted, url: str) -> None:
    """Nothing else is started."""
    with pytest.raises(PermanentError) as caught:
        await scripted("raise SystemExit").describe(url)
    assert caught.value.failure_code == "url_unsupported"


async def test_an_address_that_is_not_admitted_is_not_asked(turns: FakeTurns, work: Path) -> None:
    """The guard of the edge stands before yt-dlp too."""

    async def admit(url: str) -> None:
        message = f"{url} leads inside"
        raise PermanentError(message, failure_code="address_refused")

    program = YtDlpProgram(Place(work, "/nowhere/yt-dlp"), turns, admit=admit)
    with pytest.raises(PermanentError, match="leads inside"):
        await program.describe("https://inside.example/x")
    assert turns.turns == []


def _sleepers(mark: str) -> list[str]:
    lines = []
    for one in psutil.process_iter(["cmdline"]):
        line = " ".join(one.info["cmdline"] or [])
        if mark in line:
            lines.append(line)
    return lines


def _names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
