"""The command line: one file per noun, no logic; results on stdout, progress on stderr."""
