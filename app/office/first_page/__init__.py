"""The first page: what waits for whoever logs in, or for their department."""
