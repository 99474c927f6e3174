"""What the interactives have in common: the sources of a view, and controls above it."""

import base64
import io
import re
from pathlib import Path

import anywidget
import traitlets
from ipywidgets import FloatSlider, VBox, jslink

_FOLDER = Path(__file__).parent


_IMPORTS = re.compile(r'^import .* from "\./(\w+\.mjs)";$', re.MULTILINE)


def source(name, ending):
    """The text of a view: the shared part, siblings it imports and its own, as one file: a page finds none."""
    if ending == "css":
        return _text("shared.css") + _text(f"{name}.css")
    own = _text(f"{name}.mjs")
    siblings = dict.fromkeys(["shared.mjs", *_IMPORTS.findall(own)])
    return _IMPORTS.sub("", "".join(map(_text, siblings)).replace("\nexport ", "\n") + own)


def _text(file):
    return (_FOLDER / file).read_text(encoding="utf-8")


def follows(proposal, value, cause):
    """For a trait that is computed from another: its one allowed value, or a ValueError that says why."""
    if proposal.value != value:
        name = proposal.trait.name
        raise ValueError(
            f"{name} is {proposal.value}; it follows from the {cause}, for which it is {value}: set `{cause}`"
        )
    return value


def link(control, view, name):
    """Link (slider, its trait) and a view's trait in the page, where the slider has the first word.

    So the slider follows what Python sets: otherwise a page would open by undoing it.
    """
    slider, trait = control
    jslink(control, (view, name))

    def follow(change):
        if name not in view._property_lock:  # the page, from where it would come, moves both
            setattr(slider, trait, change.new)

    view.observe(follow, name)


def slider(view, name, label, low, high, *, step=0.05):
    """A slider linked to a view's trait of that name, where that stands."""
    made = FloatSlider(
        value=getattr(view, name),
        min=low,
        max=high,
        step=step,
        description=label,
        readout_format=".2f",
        style={"description_width": "initial"},
        layout={"width": "min(100%, 480px)"},
    )
    link((made, "value"), view, name)
    return made


class View(anywidget.AnyWidget):
    """A view that runs kernels: their WebAssembly bytes travel with it.

    A view draws itself in Python too, as a still picture: `figure(ax)`.
    """

    kernels = traitlets.Bytes().tag(sync=True)
    still = traitlets.Bytes().tag(sync=True)  # a PNG, shown where the view cannot start
    alt = traitlets.Unicode().tag(sync=True)  # the still picture in words

    def figure(self, ax):
        raise NotImplementedError

    def take_still(self):
        """Draw the present state, for readers without JavaScript."""
        import matplotlib.style
        from matplotlib.figure import Figure  # not pyplot: no window, no global state

        with matplotlib.style.context("ebm.book"):
            figure = Figure(figsize=(4.8, 2.4))
            self.figure(figure.add_subplot())
            picture = io.BytesIO()
            figure.savefig(picture, format="png", dpi=100)
        self.still = picture.getvalue()
        return self.still


class Interactive(VBox):
    """Controls above one view; the view's public traits can be read, written and observed on it.

    Parameters
    ----------
    view : View
    controls : sequence of widgets
        Already linked to the view by `link`.
    names : sequence of str
        The traits to share.
    """

    def __init__(self, view, controls, names):
        self.view, self.names = view, tuple(names)
        super().__init__([*controls, view])
        self.add_class("ebm-interactive")
        self.add_traits(**{name: traitlets.TraitType(getattr(view, name)) for name in names})
        # Setting a trait here sets the view's first, which checks it: what is refused there changes nothing here.
        self._register_validator(lambda self, proposal: self._to_view(proposal), tuple(names))
        view.observe(lambda change: setattr(self, change.name, change.new), list(names))

    def figure(self, ax):
        """Draw the present state by matplotlib: what the PDF and a reader without JavaScript see.

        Parameters
        ----------
        ax : matplotlib.axes.Axes

        Returns
        -------
        matplotlib.axes.Axes
        """
        return self.view.figure(ax)

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        return bundle | {"image/png": base64.b64encode(self.view.take_still()).decode()}

    def _to_view(self, proposal):
        setattr(self.view, proposal["trait"].name, proposal["value"])
        return getattr(self.view, proposal["trait"].name)
