"""Who: partners, contacts, agreements, tiers, keys, people."""
