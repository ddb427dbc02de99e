"""Everything measured, each a command: `python -m benchmarks.NAME`."""
