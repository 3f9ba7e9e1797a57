"""Keys, key sequences and slash commands: what comes from the terminal."""
