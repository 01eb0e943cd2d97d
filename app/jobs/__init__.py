"""What runs by itself: which jobs there are, and who runs them when they are due."""
