"""`footnoted batches`: the batches that calls were put in, and ending one early."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.exits import Exit

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.db.storage import Storage
    from footnoted.ledger.listing.batch import BatchLine

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_HEADERS = (
    *("batch", "state", "calls", "unanswered", "answered", "lost", "held", "cost"),
    *("sent", "ends by", "name at the provider"),
)
_MOST = 20


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(rich_markup_mode=None)
    group.callback(invoke_without_command=True)(batches)
    group.command("cancel")(cancel)
    program.add_typer(group, name="batches")


def batches(
    context: typer.Context,
    *,
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many.")] = _MOST,
    as_json: _Json = False,
) -> None:
    """Show the batches that calls were put in, those that are out first."""
    if context.invoked_subcommand is not None:
        return
    from footnoted.cli.lines import remark, say
    from footnoted.cli.storage import with_storage
    from footnoted.cli.tables import write_table
    from footnoted.cli.terminal import write_json
    from footnoted.ledger.listing.store import newest_batches

    async def work(storage: Storage) -> tuple[list[BatchLine], datetime, bool]:
        has_key = storage.settings.anthropic_api_key is not None
        async with storage.database.transaction() as session:
            return await newest_batches(session, limit), storage.clock.now(), has_key

    found, now, has_key = with_storage(work)
    if as_json:
        write_json("batches/1", {"batches": [line.model_dump(mode="json") for line in found]})
    elif found:
        write_table(_HEADERS, [_row(line, now) for line in found])
        if not has_key and not found[0].is_over:
            where = found[0].provider
            remark(f"Nobody fetches what is answered without a key for {where}: set it and run.")
    else:
        say("No call was ever put into a batch; FOOTNOTED_LLM_MODE says whether any is.")


def cancel(
    batch: Annotated[int, typer.Argument(help="The number that `batches` shows.")],
    as_json: _Json = False,
) -> None:
    """Ask the provider to end a batch early: what is answered by then is kept and paid for.

    The rest costs nothing and is asked again, as FOOTNOTED_LLM_MODE says; `footnoted cancel VIDEO`
    first, and it is not. Exit code 75: the provider's name for it is not known yet.
    """
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json

    async def work(storage: Storage) -> tuple[BatchLine, bool]:
        line = await _find(storage, batch)
        is_out = not line.is_over and line.provider_id is not None
        return line, is_out and await _end_early(storage, line)

    line, is_asked = with_storage(work)
    is_nameless = not line.is_over and line.provider_id is None
    if as_json:
        fields = {"batch": line.id, "is_asked": is_asked, "is_nameless": is_nameless}
        write_json("batches-cancel/1", fields)
    elif is_asked:
        waiting = "1 item waits" if line.items == 1 else f"{line.items} items wait"
        say(f"The provider was asked to end batch {line.id}, for which {waiting}.")
    elif is_nameless:
        say(f"Batch {line.id} is only being made: its name is not known yet, try again later.")
    else:
        say(f"Batch {line.id} is over: there is nothing to cancel.")
    raise typer.Exit(Exit.TRY_LATER if is_nameless else Exit.DONE)


async def _find(storage: Storage, batch: int) -> BatchLine:
    from footnoted.errors import UsageError
    from footnoted.ledger.listing.store import find_batch

    async with storage.database.transaction() as session:
        line = await find_batch(session, batch)
    if line is None:
        message = f"there is no batch {batch}; `footnoted batches` lists them"
        raise UsageError(message)
    return line


async def _end_early(storage: Storage, line: BatchLine) -> bool:
    """Return whether the provider had anything to end."""
    from footnoted.app import make_models
    from footnoted.errors import ConfigurationError, DependencyDownError
    from footnoted.ledger.faults import CallFailedError

    models = make_models(storage, None)
    try:
        if models.collection is None or models.collection.provider_name != line.provider:
            message = (
                f"batch {line.id} is at {line.provider}, and the settings have no key for that"
                " place: FOOTNOTED_ANTHROPIC_API_KEY and FOOTNOTED_ANTHROPIC_BASE_URL"
            )
            raise ConfigurationError(message)
        return await models.collection.cancel(line.id)
    except CallFailedError as error:
        message = f"{line.provider} did not take it: {error.message}"
        raise DependencyDownError(message) from error
    finally:
        await models.close()


def _row(line: BatchLine, now: datetime) -> tuple[object, ...]:
    from footnoted.cli.spending import show_usd
    from footnoted.cli.times import relative

    return (
        line.id,
        line.state,
        line.calls,
        line.unanswered,
        line.answered,
        line.lost,
        show_usd(line.held_usd),
        show_usd(line.cost_usd),
        None if line.sent_at is None else relative(line.sent_at, now),
        None if line.is_over or line.deadline_at is None else relative(line.deadline_at, now),
        line.provider_id or line.fault_code,
    )
