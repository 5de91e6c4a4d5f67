"""What the natural marks of all languages share: forms as a tree, tokens for reading."""
