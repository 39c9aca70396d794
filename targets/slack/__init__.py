"""Slack, through either of its official Python clients."""

from targets.slack.target import ASYNC, SYNC

__all__ = ["ASYNC", "SYNC"]
