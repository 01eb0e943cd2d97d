"""What was shown to a person, and what they signed under it."""
