"""The texts that users read: arguments of `tr` in carbon_qgis/, and the texts of the Modeler chains. No QGIS needed."""

import ast
import os
from xml.etree import ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLUGIN = os.path.join(ROOT, "carbon_qgis")

#: Texts of a .model3 file that are not ours to translate.
_UNTRANSLATED = ("ALG_CREATOR", "ALG_VERSION")
#: Errors are in English in every language.
_ERRORS = os.path.join(PLUGIN, "core", "errors.py")
#: Functions of the core that take a message for the progress among their arguments.
_TELLERS = ("update", "reduce", "_pass", "_fit", "load")


def source_strings():
    """Text -> files that hold it, relative to the repository, in the order of files and lines."""
    found = {}
    for path in _files(".py"):
        core = os.path.relpath(path, PLUGIN).split(os.sep)[0] == "core"
        if path == _ERRORS:
            continue
        for text in messages_of_core(path) if core else strings_of_python(path):
            _note(found, text, path)
    for path in _files(".model3"):
        for text in strings_of_chain(path):
            _note(found, text, path)
    return found


def strings_of_python(path):
    """Arguments of `tr(...)` and `something.tr(...)`, by line.

    Raises
    ------
    SystemExit
        If an argument is not a literal: what is put together at run time is in no catalogue. Call `tr` with the whole
        sentence and fill its {placeholders} afterwards.
    """
    with open(path, encoding="utf-8") as stream:
        tree = ast.parse(stream.read())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node.func) == "tr"]
    found = []
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        argument = call.args[0]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            found.append(argument.value)
        elif not _looks_up(argument):
            place = "{}:{}".format(os.path.relpath(path, ROOT), call.lineno)
            raise SystemExit("{}: tr() needs a text as it stands in the source, not one put together".format(place))
    return found


def messages_of_core(path):
    """What the core tells while it works: it knows no `tr`, the toolbox looks its messages up as they arrive.

    Found are `Message("...", values)`, `message="..."`, `message = "..."`, and sentences given to a function that hands
    them on. One that is missed stays English.
    """
    with open(path, encoding="utf-8") as stream:
        tree = ast.parse(stream.read())
    found, templates = [], []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) == "Message":
            templates.append(node.args[0])
        elif isinstance(node, ast.Call):
            found += [keyword.value for keyword in node.keywords if keyword.arg == "message"]
            if _name(node.func) in _TELLERS:
                found += [value for value in node.args if isinstance(value, ast.Constant)]
        elif isinstance(node, ast.Assign) and any(_name(target) == "message" for target in node.targets):
            found.append(node.value)
        elif isinstance(node, ast.arguments):
            pairs = zip(reversed(node.args), reversed(node.defaults))
            found += [default for argument, default in pairs if argument.arg == "message"]
    texts = [node for node in found if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    # A {placeholder} outside of `Message` is filled in before the toolbox sees it: of no use here.
    texts = templates + [node for node in texts if node.value[:1].isupper() and "{" not in node.value]
    return [node.value for node in sorted(texts, key=lambda node: (node.lineno, node.col_offset))]


def strings_of_chain(path):
    """Names, descriptions, comments, boxes and helps of a .model3 file."""
    root = ElementTree.parse(path).getroot()
    found = []
    for option in root.iter("Option"):
        name, value = option.get("name"), option.get("value")
        if value and name in ("model_name", "model_group", "component_description"):
            found.append(value)
    for part in root.findall("Option"):
        if part.get("name") == "help":
            found += [o.get("value") for o in part if o.get("value") and o.get("name") not in _UNTRANSLATED]
        if part.get("name") == "parameterDefinitions":
            for definition in part:
                # "step:OUTPUT" repeats what the step and its algorithm say.
                if ":" not in definition.get("name", ""):
                    found += [o.get("value") for o in definition if o.get("name") in ("description", "help")]
    return [text for text in found if text]


def _looks_up(argument):
    """Whether this is `tr` itself or what looks up texts of a file or of the core: `tr(text)`."""
    return _name(argument) in ("text", "title", "message", "template")


def _name(node):
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _files(ending):
    for folder, folders, names in os.walk(PLUGIN):
        folders[:] = sorted(name for name in folders if not name.startswith(("__", ".")))
        for name in sorted(names):
            if name.endswith(ending):
                yield os.path.join(folder, name)


def _note(found, text, path):
    where = os.path.relpath(path, ROOT).replace(os.sep, "/")
    files = found.setdefault(text, [])
    if where not in files:
        files.append(where)
