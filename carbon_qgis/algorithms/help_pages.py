"""Where the page of an algorithm is, for the button 'Help' of its dialog.

The installed plugin has the user pages as HTML in its folder `docs` (scripts/package renders them); a copy of the
repository has their source one level up. Both are files of this machine: help needs no network.
"""

import os

from qgis.PyQt.QtCore import QUrl

_PACKAGE_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def help_url(name: str, package_folder: str = _PACKAGE_FOLDER) -> str:
    """URL (`file:///...`, escaped as browsers want it) of the page of the algorithm `name`; empty if there is none."""
    for page in (
        os.path.join(package_folder, "docs", "algorithms", name + ".html"),
        os.path.join(os.path.dirname(package_folder), "docs", "algorithms", name + ".md"),
    ):
        if os.path.isfile(page):
            return bytes(QUrl.fromLocalFile(page).toEncoded()).decode("ascii")
    return ""
