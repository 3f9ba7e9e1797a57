"""Stand-ins for the other programs on the issue topic: the plant's Spring services and its chatbot."""
