"""How one copy differs from the next: sites, carriers, codes, marking, reading."""
