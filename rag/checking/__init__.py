"""Whether each sentence of an answer is supported by the passages it cites, and why not."""
