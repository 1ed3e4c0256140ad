"""Algorithms of the group 'validation'."""
