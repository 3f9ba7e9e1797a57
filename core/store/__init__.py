"""The terminal's SQLite file."""
