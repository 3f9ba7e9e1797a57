"""The way to a chatbot's server."""
