"""What a person erased, remembered so that no source brings it back by itself."""
