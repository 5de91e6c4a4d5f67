"""One module for each way of placing marks, strangers to each other."""
