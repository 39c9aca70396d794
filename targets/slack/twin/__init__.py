"""A Slack workspace in memory, behind the Web API."""
