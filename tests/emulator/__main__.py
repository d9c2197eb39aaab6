"""Start the emulator from the command line."""

from __future__ import annotations

from tests.emulator.process import main

if __name__ == "__main__":
    main()
