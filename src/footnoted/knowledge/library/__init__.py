"""Published pages, looked up and read."""
