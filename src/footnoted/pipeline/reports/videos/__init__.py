"""What `show` and `runs` tell of one video."""
