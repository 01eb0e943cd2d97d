"""What owners raise, and its rounds until the owner is satisfied."""
