"""The science and the block engine. Nothing in here knows of Qt or QGIS."""
