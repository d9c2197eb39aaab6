"""Small working stand-ins, each with verbs of its own."""
