"""The tests, by what they need: nothing (unit), a real Kafka (kafka), Java peers (peers), a screen (tui)."""
