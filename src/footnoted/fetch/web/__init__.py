"""The hostile edge: bounded requests to hosts that are asked politely, one at a time."""
