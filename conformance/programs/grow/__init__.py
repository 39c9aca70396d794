"""Programs grown from evidence: sequences that nobody recorded, each step of which has a known right answer."""
