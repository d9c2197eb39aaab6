"""Whether everything footnoted stands on is well, in named checks, and what can be put right."""
