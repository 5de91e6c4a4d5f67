"""What we can prove: report as values."""
