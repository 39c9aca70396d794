"""A twin of Jira: an issue tracker in the flavour that its site is, Cloud or Data Center."""
