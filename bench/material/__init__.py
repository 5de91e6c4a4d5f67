"""The files that benches issue and leak."""
