"""Compatibility, baseline and gate."""
