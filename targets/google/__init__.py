"""The Google services, driven through google-api-python-client."""
