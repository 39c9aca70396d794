"""The embedded twin of Google Sheets."""
