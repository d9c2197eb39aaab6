"""The journaled calls of an item, and the batches, as people read them."""
