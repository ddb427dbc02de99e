"""Retrieval measured: `python -m benchmarks.retrieval --xquad DIR`, see `__main__`."""
