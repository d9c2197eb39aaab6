"""`footnoted db url`: how other programs reach the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.db.storage import Storage


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    database = typer.Typer(
        name="db", help="Reach the database with other programs.", no_args_is_help=True
    )
    # With one command only, typer would leave its name out.
    database.callback()(_nothing)
    database.command()(url)
    program.add_typer(database)


def url(
    *,
    read_only: Annotated[
        bool,
        typer.Option("--read-only", help="As a role that may read the documented views only."),
    ] = False,
) -> None:
    """Print the address of the database, as psql and others take it."""
    from footnoted.cli.lines import remark, say
    from footnoted.cli.storage import with_storage
    from footnoted.db.reading_role import ROLE, ensure_reading_role
    from footnoted.db.shared_url import is_reachable, shared_url

    async def work(storage: Storage) -> tuple[str, bool]:
        if read_only:
            await ensure_reading_role(storage.database)
        is_embedded = storage.settings.database_url is None
        return shared_url(storage.url, role=ROLE if read_only else None), is_embedded

    address, is_embedded = with_storage(work)
    say(address)
    if is_embedded and not is_reachable(address):
        remark("The embedded server runs while footnoted does: `footnoted run` starts it.")
    elif read_only and not is_embedded:
        remark(f"Give the role a password if the server asks for one: ALTER ROLE {ROLE} PASSWORD …")


def _nothing() -> None:
    """Reach the database with other programs."""
