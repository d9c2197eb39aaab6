"""What a person asks of a followed source: when to look, what to take, how far back. All pure.

Everything here is parsed from a person's words, stored as JSON, and told back in the same words.
"""
