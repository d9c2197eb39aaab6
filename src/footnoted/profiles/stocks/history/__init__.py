"""What was said about companies over time: read with filters, and followed as a stance."""
