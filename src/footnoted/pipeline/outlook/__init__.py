"""What the loop can expect: work that is ready, waits that end, times to look again."""
