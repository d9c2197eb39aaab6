"""What calls cost and hold, told by day, month, model, stage, source or item."""
