"""Files that somebody brings: taken as a stream, judged by their content, kept by their hash."""
