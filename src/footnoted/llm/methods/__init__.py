"""The classic methods the extractive model answers with; pure functions, no clock, no randomness."""
