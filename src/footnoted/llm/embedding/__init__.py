"""Paying for embedded texts, through the same journal, budgets and limits as answers."""
