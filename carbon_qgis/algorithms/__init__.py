"""The QGIS side: each algorithm declares, checks, calls one function of the core, and publishes."""
