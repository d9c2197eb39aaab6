"""The network edge: the one place that opens connections to other programs by HTTP."""
