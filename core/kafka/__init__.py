"""Everything that speaks Kafka, and nothing else that does."""
