"""Append-only log: Merkle tree, checkpoints, inclusion and consistency proofs."""
