"""What made the moments that pages rest on, recording by recording."""
