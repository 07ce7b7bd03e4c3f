"""The parts of the harness. Not for tasks: what they may import is in `jobs`, `config` and `services`."""
