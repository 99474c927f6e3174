"""What the interactives have in common: the sources of a view, and controls above it."""

from pathlib import Path

import anywidget
import traitlets
from ipywidgets import VBox

_FOLDER = Path(__file__).parent


def source(name, ending):
    """The text of a view: the shared part and its own, as one file, since a page cannot look up siblings."""
    shared = (_FOLDER / f"shared.{ending}").read_text(encoding="utf-8")
    own = (_FOLDER / f"{name}.{ending}").read_text(encoding="utf-8")
    if ending == "css":
        return shared + own
    own = "\n".join(line for line in own.splitlines() if not line.endswith('from "./shared.mjs";'))
    return shared.replace("\nexport ", "\n") + own


class View(anywidget.AnyWidget):
    """A view that runs kernels: their WebAssembly bytes travel with it."""

    kernels = traitlets.Bytes().tag(sync=True)


class Interactive(VBox):
    """Controls above one view; the view's public traits can be read, written and observed on it.

    Parameters
    ----------
    view : View
    controls : sequence of widgets
        Already linked to the view by `jslink`.
    names : sequence of str
        The traits to share.
    """

    def __init__(self, view, controls, names):
        self.view = view
        super().__init__([*controls, view])
        self.add_class("ebm-interactive")
        self.add_traits(**{name: traitlets.TraitType(getattr(view, name)) for name in names})
        # Setting a trait here sets the view's first, which checks it: what is refused there changes nothing here.
        self._register_validator(lambda self, proposal: self._to_view(proposal), tuple(names))
        view.observe(lambda change: setattr(self, change.name, change.new), list(names))

    def _to_view(self, proposal):
        setattr(self.view, proposal["trait"].name, proposal["value"])
        return getattr(self.view, proposal["trait"].name)
