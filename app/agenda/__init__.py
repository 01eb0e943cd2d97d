"""Tasks: something due at a unit, who does it, by when."""
