"""Algorithms of the group 'drivers'."""
