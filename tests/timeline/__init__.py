"""A site on loopback that plays the life of videos on a clock that tests turn."""
