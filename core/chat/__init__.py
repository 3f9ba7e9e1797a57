"""Chatbots behind one protocol."""
