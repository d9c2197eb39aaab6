"""`footnoted alert ...`: proves the receivers of alerts, and ends alerts that a person has seen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.exits import Exit

if TYPE_CHECKING:
    from footnoted.db.storage import Storage
    from footnoted.settings import Settings

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        help="Try where alerts go, and end those you have seen.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("test")(try_receivers)
    group.command("dismiss")(dismiss)
    program.add_typer(group, name="alert")


def try_receivers(as_json: _Json = False) -> None:
    """Send a test through every receiver and say which took it (exit code 1: not all did)."""
    from footnoted.cli.lines import say
    from footnoted.cli.session import read_settings
    from footnoted.cli.terminal import write_json
    from footnoted.errors import ConfigurationError

    found = asyncio.run(_try(read_settings()))
    if not found:
        message = (
            "nobody is told of alerts: set FOOTNOTED_ALERT_URL (JSON is posted to it) or"
            " FOOTNOTED_ALERT_COMMAND (JSON on its standard input)"
        )
        raise ConfigurationError(message)
    if as_json:
        rows = [{"receiver": name, "taken": why is None, "why": why} for name, why in found]
        write_json("alert-test/1", {"receivers": rows})
    else:
        for name, why in found:
            say(f"{name}: taken" if why is None else f"{name}: not taken: {why}")
    raise typer.Exit(Exit.SOME_FAILED if any(why for _, why in found) else Exit.DONE)


async def _try(settings: Settings) -> list[tuple[str, str | None]]:
    """Return each receiver with why it did not take a test message, None when it did."""
    from footnoted.clock import SystemClock
    from footnoted.fetch.receivers import make_receivers
    from footnoted.pipeline.alerts.delivery.message import trial_message

    message = trial_message(SystemClock().now())
    receivers = make_receivers(settings, shows_output=True)
    whys = await asyncio.gather(*(receiver.deliver(message) for receiver in receivers))
    return [(receiver.name, why) for receiver, why in zip(receivers, whys, strict=True)]


def dismiss(
    code: Annotated[str, typer.Argument(help="The name that `status` shows.")],
    as_json: _Json = False,
) -> None:
    """End the alerts of a code; what still goes on raises a new one."""
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json
    from footnoted.pipeline.alerts.store import dismiss_alerts

    async def work(storage: Storage) -> int:
        async with storage.database.transaction() as session:
            return await dismiss_alerts(session, code, storage.clock.now())

    dismissed = with_storage(work)
    if as_json:
        write_json("alert-dismiss/1", {"code": code, "dismissed": dismissed})
    else:
        say(f"{dismissed} alert{'' if dismissed == 1 else 's'} ended")
