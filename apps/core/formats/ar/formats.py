"""Formats of numbers in Arabic: the digits and separators that browsers write too."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
