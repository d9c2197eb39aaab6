"""What a person switches on and off while the daemon runs."""
