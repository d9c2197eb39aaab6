"""What is let go when it is old or too much, and what never is."""
