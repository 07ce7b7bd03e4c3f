"""Benchmarks of the release binary, over HTTP, as a person's browser would use it."""
