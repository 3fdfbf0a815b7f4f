"""Fit the content into other programs, one small module for each."""
