"""footnoted: footage to notes, as a daemon, in which every claim carries a footnote that plays."""

__version__ = "0.1.0"
