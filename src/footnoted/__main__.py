"""The console script `footnoted`."""

from __future__ import annotations

import signal
import sys

_INTERRUPTED = 130


def main() -> None:
    """Run the program; Ctrl-C ends it without a word, even before it has begun."""
    try:
        from footnoted.cli.application import main as run  # noqa: PLC0415 - so that it is covered

        run()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    finally:  # what is left is Python's own end, where Ctrl-C would kill: the exit code is known
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    main()
