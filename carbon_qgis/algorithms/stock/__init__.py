"""Algorithms of the group 'stock'."""
