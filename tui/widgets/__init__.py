"""Widgets: each shows what it is given and owns neither data nor connections."""
