"""Andon's headless half: events, issues, the roads in and out. It imports no screen library."""
