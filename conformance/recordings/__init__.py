"""Cassettes: read, write, distil."""
