"""Benchmarks of the field: their files read, searched by the product's retriever, and measured."""
