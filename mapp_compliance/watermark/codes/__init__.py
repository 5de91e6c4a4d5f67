"""Tracing codes: make codewords, score them; numbers only, no files."""
