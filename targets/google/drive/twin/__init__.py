"""The embedded twin of Google Drive."""
