"""Plans that were applied: what each was thought to cost, what it is for, and what it may cost."""
