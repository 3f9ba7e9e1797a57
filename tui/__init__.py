"""Andon's screens and commands."""
