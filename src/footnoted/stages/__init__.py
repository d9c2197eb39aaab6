"""The steps shared by every profile, and the port every step satisfies."""
