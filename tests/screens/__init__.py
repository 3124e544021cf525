"""Photographs of every page of the platform: what is looked at before a page is called done."""
