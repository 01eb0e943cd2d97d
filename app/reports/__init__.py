"""What a year came to (R17, form 10): facts of the visits, what was due and what was raised, counted and compared."""
