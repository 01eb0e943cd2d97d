"""Work orders: what is repaired, free under warranty or for a fee, until the owner signs as satisfied."""
