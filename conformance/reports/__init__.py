"""Reports in every form. ``write_reports`` is imported on first use, so that the command line starts fast."""
