"""Our own server for the Anthropic Messages API: a loopback process with its own books.

`python -m tests.emulator --port 0` prints its address. Requests flow through
application -> gate (auth, version) -> validation -> layout (tokens, cache breakpoints) -> engine
(faults, spend, limits, cache, responders) -> delivery (JSON or SSE) -> ledger.
Nothing here knows the program that is tested against it.
"""
