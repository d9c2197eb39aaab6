"""The classic methods the extractive model answers with: pure, no clock, no randomness."""
