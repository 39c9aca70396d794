"""The kit measures itself: how often it blames the real service, and how often it misses a broken twin."""
