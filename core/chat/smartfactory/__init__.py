"""The plant's chatbot (contracts/chatbot-http-api.md)."""
