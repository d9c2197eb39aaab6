"""What a run of yt-dlp is told of the machine."""

from __future__ import annotations

import sys

import pytest

from footnoted.errors import ConfigurationError
from footnoted.fetch.ytdlp.environment import command_words, environment_of


def test_no_secret_reaches_it() -> None:
    """Whatever its name: only what is named passes."""
    secrets = {
        "FOOTNOTED_ANTHROPIC_API_KEY": "k",
        "ANTHROPIC_API_KEY": "k",
        "FOOTNOTED_DATABASE_URL": "postgresql://u:p@h/n",
        "PGPASSWORD": "p",
        "AWS_SECRET_ACCESS_KEY": "s",
        "SOME_TOKEN": "t",
    }
    passed = environment_of({**secrets, "PATH": "/bin", "https_proxy": "http://p:1"}, "/work")
    assert secrets.keys() & passed.keys() == set()
    assert passed["PATH"] == "/bin"
    assert passed["https_proxy"] == "http://p:1"
    assert passed["TMPDIR"] == "/work"


def test_a_guard_is_the_only_way_out() -> None:
    """Proxies of the machine would go around it, and so would exceptions to proxies."""
    ours = {"https_proxy": "http://p:1", "ALL_PROXY": "http://p:2", "no_proxy": "*", "PATH": "/bin"}
    passed = environment_of(ours, "/work", "http://guard:1")
    proxies = {name: value for name, value in passed.items() if name.lower().endswith("_proxy")}
    assert proxies == dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://guard:1")
    assert passed["PATH"] == "/bin"


def test_the_command_is_split_without_a_shell() -> None:
    """Quotes group; nothing is expanded."""
    assert command_words("'/opt/my yt/yt-dlp' --proxy $HOME") == (
        "/opt/my yt/yt-dlp",
        "--proxy",
        "$HOME",
    )


def test_without_a_command_it_is_the_one_installed_with_us() -> None:
    """The same interpreter, so the same environment."""
    assert command_words(None) == (sys.executable, "-m", "yt_dlp")


@pytest.mark.parametrize("line", ["", "  ", "yt-dlp 'x"])
def test_a_command_without_words_is_refused(line: str) -> None:
    """In a sentence that names the variable."""
    with pytest.raises(ConfigurationError, match="FOOTNOTED_YTDLP_COMMAND"):
        command_words(line)
