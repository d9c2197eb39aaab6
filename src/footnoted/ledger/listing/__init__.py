"""The journaled calls of an item, as `footnoted calls` shows them."""
