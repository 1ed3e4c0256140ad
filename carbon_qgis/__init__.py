"""Carbon for QGIS: carbon stock, sink capacity and their drivers, as Processing algorithms."""


def classFactory(iface):
    """The plugin object, as QGIS asks for it; `iface` is None under qgis_process."""
    from .plugin import CarbonPlugin

    return CarbonPlugin(iface)
