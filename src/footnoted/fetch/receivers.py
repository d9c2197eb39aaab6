"""Who is told of alerts, as the settings name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.fetch.command import Command
from footnoted.fetch.webhook import Webhook

if TYPE_CHECKING:
    from footnoted.settings import Settings


def make_receivers(settings: Settings, *, shows_output: bool = False) -> list[Webhook | Command]:
    """Return the receivers that are configured; with `shows_output`, commands may be heard.

    Raises ConfigurationError, without the value, for one that cannot work.
    """
    receivers: list[Webhook | Command] = []
    if settings.alert_url is not None:
        receivers.append(Webhook(settings.alert_url))
    if settings.alert_command is not None:
        receivers.append(
            Command(settings.alert_command.get_secret_value(), shows_output=shows_output)
        )
    return receivers
