"""A plant on this machine: an embedded broker, and what happens in it."""
