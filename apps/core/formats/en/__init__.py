"""English, as it is read in most places: day before month, 24 hours."""
