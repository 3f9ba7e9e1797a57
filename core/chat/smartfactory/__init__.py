"""The plant's chatbot (docs/contracts/chatbot-http-api.md)."""
