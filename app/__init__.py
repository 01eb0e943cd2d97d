"""Doorstep (走访回访): owner visits, followed until the owner is satisfied and signs."""
