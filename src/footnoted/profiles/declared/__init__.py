"""Profiles that are only data: a folder with a `profile.toml`, its prompts and a page template."""
