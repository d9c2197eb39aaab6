"""Putting right whose recordings are whose: one creator under two names, or under a wrong one."""
