"""The headless commands. What a screen can do, a command can do, through the same Station."""
