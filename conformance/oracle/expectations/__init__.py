"""Learned expectations: what the evidence says must be observed, and how strong it is."""
