"""First steps: is everything there, and real data to try it on."""
