"""Algorithms of the group 'scenarios'."""
