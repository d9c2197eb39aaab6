"""What the audit of published evidence reads."""
