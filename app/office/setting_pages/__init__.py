"""Settings of an estate, notices, and whether what runs by itself does run."""
