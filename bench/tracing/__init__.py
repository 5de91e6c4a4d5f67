"""What the benches of the tracing code share: leaks, decoders, counts, and rounds of trials."""
