"""Forms as PDF. Only this package imports WeasyPrint."""
