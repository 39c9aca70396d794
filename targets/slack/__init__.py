"""Slack, through either of its official Python clients."""
