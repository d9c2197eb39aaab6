"""yt-dlp: a program of its own, run within limits; what it prints is read, never believed."""
