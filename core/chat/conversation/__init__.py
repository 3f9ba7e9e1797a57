"""Conversations: order, retries, persistence, and the assistant that takes over."""
