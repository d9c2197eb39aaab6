"""How far the demo is, on stderr: a bar on a terminal, a line for each step elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import Console


class DemoProgress:
    """Shows what goes on while it is entered, and leaves a terminal as it was."""

    def __init__(self, console: Console) -> None:
        """Show it on `console`."""
        self._console = console
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> Self:
        """Begin to show."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Show nothing any more."""
        self._bar.stop()

    def step(self, what: str) -> None:
        """Show what begins now."""
        self._bar.update(self._task, description=what)
        if not self._console.is_terminal:
            self._console.print(what, soft_wrap=True)

    def videos(self, done: int, total: int) -> None:
        """Show how many videos have come to their end."""
        self._bar.update(self._task, completed=done, total=total)
