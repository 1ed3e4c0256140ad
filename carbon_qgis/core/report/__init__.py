"""Figures and one-file HTML pages, made from plain arrays and result tables."""
