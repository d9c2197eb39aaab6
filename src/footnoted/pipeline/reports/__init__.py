"""What `status`, `show` and `runs` tell: values read from the database, for people and programs."""
