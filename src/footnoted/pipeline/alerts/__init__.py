"""Alerts: what a person should look at, kept until it is over."""
