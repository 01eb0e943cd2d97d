"""The archive of an estate and a period: ordered, gathered, written, and verified without server and database (V47)."""
