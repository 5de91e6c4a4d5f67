"""What we do about it: cases, approvals, actions."""
