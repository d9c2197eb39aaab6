"""The pure nouns every part shares; nothing here reads, writes or waits."""
