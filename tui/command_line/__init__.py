"""The command line itself: what each command takes, and parsing, help and completion made from that."""
