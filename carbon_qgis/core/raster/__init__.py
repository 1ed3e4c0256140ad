"""Grids, blocks, threads, cancellation and safe writes: everything that touches a raster file."""
