"""Receivers that cannot work are refused at the start, without their address in the sentence."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from footnoted.errors import ConfigurationError
from footnoted.fetch.command import Command
from footnoted.fetch.receivers import make_receivers
from footnoted.fetch.webhook import Webhook
from footnoted.settings import load_settings


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hooks.example/T0KEN",
        "ftp://hooks.example/T0KEN",
        "https:///T0KEN",
        "https://[::1/T0KEN",
        "https://hooks.example:0/T0KEN",
        "https://hooks.example:99999/T0KEN",
        "https://hooks.example/T0 KEN",
    ],
)
def test_what_is_no_address_is_refused_without_being_said(address: str) -> None:
    """The variable is named; what it holds may be a secret."""
    with pytest.raises(ConfigurationError) as caught:
        Webhook(SecretStr(address))
    assert caught.value.message == "FOOTNOTED_ALERT_URL is not an http:// or https:// address"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "FOOTNOTED_ALERT_COMMAND names no command"),
        ("notify 'me", "FOOTNOTED_ALERT_COMMAND: no closing quotation"),
    ],
)
def test_what_is_no_command_is_refused(line: str, why: str) -> None:
    """Before any work is touched."""
    with pytest.raises(ConfigurationError) as caught:
        Command(line)
    assert caught.value.message == why


def test_the_settings_name_the_receivers() -> None:
    """None, one, or both; each under its variable."""
    url, command = "https://hooks.example/x", "notify --all"
    both = {"FOOTNOTED_ALERT_URL": url, "FOOTNOTED_ALERT_COMMAND": command}
    chosen = [{}, {"FOOTNOTED_ALERT_URL": url}, both]
    names = [
        [receiver.name for receiver in make_receivers(load_settings(environ).settings)]
        for environ in chosen
    ]
    assert names == [[], ["FOOTNOTED_ALERT_URL"], list(both)]
