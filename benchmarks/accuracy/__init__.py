"""Held-out accuracy of the density models on real data: writes docs/accuracy.md.

python3 -m benchmarks.accuracy.run --data FOLDER
"""
