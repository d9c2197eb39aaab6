"""What was recorded once, however often it is found: its facts, its files, its maker."""
