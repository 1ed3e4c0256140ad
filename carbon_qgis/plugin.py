"""Registers the provider. Nothing else happens when QGIS starts."""

import sys

from qgis.core import QgsApplication

from . import translation
from .provider import CarbonProvider


class CarbonPlugin:
    """The plugin as QGIS sees it: `initProcessing` alone under qgis_process, `initGui` on the desktop."""

    def __init__(self, iface=None):
        self.iface = iface
        self.provider = None

    def initProcessing(self) -> None:
        """Add the provider, once."""
        if self.provider is not None:
            return
        translation.install()  # before the first title is asked for
        self.provider = CarbonProvider()
        if not QgsApplication.processingRegistry().addProvider(self.provider):
            self.provider = None
            translation.remove()
            raise RuntimeError("The provider 'carbon' is already registered: is the plugin installed twice?")
        # The shipped models are built from our own algorithms, which are found only once we are registered.
        self.provider.refreshAlgorithms()

    def initGui(self) -> None:
        """Called on the desktop."""
        self.initProcessing()

    def unload(self) -> None:
        """Take the provider away again."""
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        translation.remove()
        loading = sys.modules.get(__package__ + ".algorithms.loading")
        if loading is not None:
            loading.forget()
        letters = sys.modules.get(__package__ + ".core.raster.message_letters")
        if letters is not None:
            letters.restore_hooks()
        # QGIS forgets only modules that it imported itself; after an update the rest would be of the old version.
        for name in [name for name in sys.modules if name.startswith(__package__ + ".")]:
            del sys.modules[name]
