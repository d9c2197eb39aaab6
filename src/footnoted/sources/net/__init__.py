"""Sources on the net: what they offer, what of it is taken, and by what it is known again."""
