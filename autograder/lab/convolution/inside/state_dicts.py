"""Over there: weights out of a file that a stranger may have written."""

import io

import torch


def state_dict_of(text, wanted):
    """Return (the state_dict in a file, ""), or (None, why it holds none of this network).

    Args:
        text: the bytes of the file, in which it lies by itself or one level down, whatever the name there; or in a
            sentence why they were not read.
        wanted: the network's own.
    """
    if not text:
        return None, "it is not there any more"
    if isinstance(text, str):
        return None, text
    try:
        found = torch.load(io.BytesIO(text), map_location="cpu", weights_only=True)
    except Exception:  # whatever a stranger's bytes make of it
        return None, (
            "it is damaged, or holds more than tensors, which is not read from a file that may be a stranger's: "
            "save model.state_dict() with torch.save"
        )
    kept = [one for one in (found, *(found.values() if isinstance(found, dict) else ())) if _is_state(one)]
    if not kept:
        return None, "it holds no state_dict of a network"
    one = max(kept, key=lambda state: len(state.keys() & wanted.keys()))
    why = _misfit(one, wanted)
    if why:
        return None, why
    return {name: value.float() if value.is_floating_point() else value for name, value in one.items()}, ""


def _is_state(value):
    """Tell whether something is a state_dict: names with plain tensors."""
    return isinstance(value, dict) and bool(value) and all(
        isinstance(name, str) and isinstance(one, torch.Tensor) and one.layout == torch.strided
        for name, one in value.items()
    )  # fmt: skip


def _misfit(state, wanted):
    """Return why a state_dict is none of a network, "" where it is one."""
    for name, value in wanted.items():
        if name not in state:
            return f"it has no {name}, which your DigitClassifier has"
        if state[name].shape != value.shape:
            there, here = tuple(state[name].shape), tuple(value.shape)
            return f"its {name} has the shape {there}, that of your DigitClassifier {here}"
    for name in state:
        if name not in wanted:
            return f"your DigitClassifier has no {name[:100]}, which it has"
    for name, value in state.items():
        if value.is_meta or value.is_complex() or not value.isfinite().all():
            return f"its {name} holds numbers that are not finite, or none"
    return ""
