"""The profile `techniques`: how-to moments, classified and composed into pages per technique."""
