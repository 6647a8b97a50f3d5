"""Real names and tiers."""
