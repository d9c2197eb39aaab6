"""Paying for minutes of speech, through the same journal, budgets and limits as tokens."""
