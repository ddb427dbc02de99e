"""Question sets, runs, metrics with intervals, comparison and the gate."""
