"""The embedded twin of an Okta organisation."""
