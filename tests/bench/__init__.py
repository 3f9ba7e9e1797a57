"""Benchmarks: run by hand, never a test. Each prints ratios against a baseline of the same run."""
