"""Keeping the installation in order: commands, first start, demonstration data."""
