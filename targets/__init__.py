"""Vendor-specific knowledge: one package per service."""
