"""Tests on a real Apache Kafka, and the harness that starts it."""
