"""How fast models may be asked: what a provider allows, learned from its answers and remembered."""
