"""Language models: which one answers, how it is called, and what it is told and says."""
