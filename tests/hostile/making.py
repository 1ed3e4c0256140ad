"""What the makers of bad files share. A maker is called with the good file (its path, or its bytes), the path of the
bad one, and that of the canary, which whatever runs code is to write."""

import os

#: The beginning of XML that would grow to gigabytes: `&j;` is a thousand million letters.
ENTITIES = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join('<!ENTITY {} "{}">'.format(b, "&{};".format(a) * 10) for a, b in zip("abcdefghi", "bcdefghij"))
    + "]>"
)
#: The beginning of XML whose `&x;` is a file of the machine.
OUTER_ENTITY = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
#: A virtual layer that reads elsewhere.
VIRTUAL_LAYER = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
)


def read(path):
    """The bytes of a file."""
    with open(path, "rb") as stream:
        return stream.read()


def save(path, data):
    """Write bytes."""
    with open(path, "wb") as stream:
        stream.write(data)


def content(data):
    """A maker of a file with these bytes."""
    return lambda good, path, canary: save(path, data)


def changed(change):
    """A maker of the changed bytes of a good file, given as bytes."""
    return lambda good, path, canary: save(path, change(good))


def nothing(good, path, canary):
    """There is no such file."""


def directory(good, path, canary):
    """A folder in the place of a file."""
    os.mkdir(path)


def pipe(good, path, canary):
    """A pipe into which nobody writes."""
    os.mkfifo(path)


def link(target=None):
    """A maker of a link to `target`; to itself without one."""
    return lambda good, path, canary: os.symlink(target or path, path)


def make_once(maker, good, where, kind, canary):
    """Let `maker` make the bad file `kind` in the folder `where`, unless it is there; its path.

    `good` is what the maker takes for the good file.
    """
    os.makedirs(where, exist_ok=True)
    path = os.path.join(where, kind)
    if not os.path.lexists(path):
        maker(good, path, canary)
    return path


def folder_of(good, folder, suffix=""):
    """The folder for the bad versions of a good file, below `folder`."""
    return os.path.join(folder, os.path.splitext(os.path.basename(good))[0] + suffix)
