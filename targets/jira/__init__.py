"""Jira, Cloud and Data Center, driven through pycontribs' client."""

from targets.jira.target import JiraTarget

TARGET = JiraTarget()
"""Jira as a target of the engine."""
