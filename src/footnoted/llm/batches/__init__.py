"""Calls made in batches: half the price, an answer within a day, and no stage that knows of it."""
