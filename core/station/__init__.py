"""The one object that a screen or a command talks to, and its parts."""
