"""Making vectors anew on demand: of some videos, of an owner's, or of everything."""
