"""Where a program runs: the recorded world and the live world."""
