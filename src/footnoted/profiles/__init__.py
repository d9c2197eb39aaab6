"""What a recording means: each profile is one folder of stages, types and tables of its own."""
