"""Pages of the opinion survey: drawn up, its sheets, its result, and what follows of it."""
