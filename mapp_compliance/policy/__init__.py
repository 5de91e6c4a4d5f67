"""What the terms say: facts, rules, decisions, explanations."""
