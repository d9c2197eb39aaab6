"""Money: the journal of calls, and what they cost."""
