"""What and when: advisory, revision, embargo, release calendar."""
