"""Scenarios: driver tables, ensembles of runs, their charts."""
