"""What the visits of a year came to."""
