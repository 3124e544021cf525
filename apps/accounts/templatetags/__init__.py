"""What the pages of people's accounts need."""
