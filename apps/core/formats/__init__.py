"""How dates and times are written where the language alone would not say it our way."""
