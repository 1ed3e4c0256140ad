"""Algorithms of the group 'density'."""
