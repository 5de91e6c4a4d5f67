"""What a stranger can check without us: canonical bytes, digests, signing, sealing, the ledger."""
