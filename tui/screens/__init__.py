"""Screens: each maps the Station's state to widgets, and keys to the Station's commands."""
