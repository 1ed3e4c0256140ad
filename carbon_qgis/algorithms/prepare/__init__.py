"""Algorithms of the group 'prepare'."""
