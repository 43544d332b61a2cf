"""A figure for the night: what is drawn turns its lightness and keeps its hue; photographs and maps stay."""

from __future__ import annotations

import colorsys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAPER = "#14181d"  #: what white becomes: the book's background in the dark
_INK, _RANGE = 0.93, 0.82  #: lightness of what was black; how much darker white is than that


def turned(colour: Any) -> Any:
    """Return a colour with its lightness turned over: black becomes nearly white, strong blue a paler one."""
    from matplotlib.colors import to_rgb, to_rgba

    red, green, blue, alpha = to_rgba(colour)
    if min(red, green, blue) > 0.995:
        return (*to_rgb(PAPER), alpha)
    hue, light, strength = colorsys.rgb_to_hls(red, green, blue)
    return (*colorsys.hls_to_rgb(hue, _INK - _RANGE * light, strength), alpha)


def darken(figure: Figure) -> None:
    """Turn the colours of a figure, drawn for paper, in place."""
    from matplotlib.text import Annotation

    figure.canvas.draw()  # now all ticks are there
    done: set[int] = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                done.update(id(part) for part in (tick.label1, tick.label2, tick.tick1line, tick.tick2line))
            labels = axis.get_ticklabels()
            own = {label.get_color() for label in labels} - {"black"}
            axis.set_tick_params(color=turned("black"), **({} if own else {"labelcolor": turned("black")}))
            for label in labels if own else ():
                label.set_color(turned(label.get_color()))
        if axes.images:  # what lies on a picture was chosen for it
            drawn = (*axes.images, *axes.lines, *axes.patches, *axes.texts, *axes.collections)
            done.update(id(part) for child in drawn for part in child.findobj())
    for artist in figure.findobj():
        if id(artist) not in done:
            done.add(id(artist))
            _turn(artist)
        if isinstance(artist, Annotation) and artist.arrow_patch is not None and id(artist.arrow_patch) not in done:
            done.add(id(artist.arrow_patch))
            _turn(artist.arrow_patch)


def _turn(artist: Any) -> None:
    from matplotlib.collections import Collection
    from matplotlib.colors import ListedColormap
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.text import Text

    if isinstance(artist, Text):
        artist.set_color(turned(artist.get_color()))
        box = artist.get_bbox_patch()
        if box is not None:
            _turn(box)
    elif isinstance(artist, Line2D):
        face, edge = artist.get_markerfacecolor(), artist.get_markeredgecolor()
        artist.set_color(turned(artist.get_color()))
        for colour, put in ((face, artist.set_markerfacecolor), (edge, artist.set_markeredgecolor)):
            if not (isinstance(colour, str) and colour in ("none", "auto")):
                put(turned(colour))
    elif isinstance(artist, Patch):
        edge, face = turned(artist.get_edgecolor()), turned(artist.get_facecolor())
        artist.set_edgecolor(edge)
        artist.set_facecolor(face)
    elif isinstance(artist, Collection):
        edges = [turned(colour) for colour in artist.get_edgecolor()] if len(artist.get_edgecolor()) else "none"
        if artist.get_array() is not None:
            colours = artist.get_cmap()(range(artist.get_cmap().N))
            artist.set_cmap(ListedColormap([turned(colour) for colour in colours]))
            if not len(artist.get_facecolor()):
                return  # lines whose colours are the map's
        elif len(artist.get_facecolor()):
            artist.set_facecolor([turned(colour) for colour in artist.get_facecolor()])
        artist.set_edgecolor(edges)
