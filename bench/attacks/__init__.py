"""What a leaker may do, written down before a reader is measured with it."""
