"""Decides: aliases, learned noise, verdicts."""
