"""Caps that hold: money is reserved before a call and settled after it, per scope."""
