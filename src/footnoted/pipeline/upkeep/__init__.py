"""What no process left behind on purpose: found and put right, by a daemon and by `doctor`."""
