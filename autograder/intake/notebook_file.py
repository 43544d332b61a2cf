"""Read a notebook without its outputs: pictures of many megabytes are passed over while reading, never held."""

from __future__ import annotations

import re
from typing import BinaryIO

CHUNK = 1 << 18
MAX_DEPTH = 200
MAX_STEPS = 3_000_000  #: brackets and texts that are looked at one by one: some ten seconds
#: in an object that lies so deep, the key whose value nobody here reads: of a cell, of a cell of format 3, of all
_DROPPED = {(b"outputs", 3), (b"attachments", 3), (b"outputs", 5), (b"widgets", 2)}

_STRUCTURE = re.compile(rb'["{}\[\]:]')
_QUOTE = re.compile(rb'["\\]')
# Possessive is what repeats a set of bytes, and nothing else: up to Python 3.11.4 a possessive group that fails
# half-way goes on from there. No greedy group here goes back far: the first byte says which alternative it is.
_PLAIN = rb'[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*"'
_LIST = rb"[\[{](?:%b)*[\]}]" % _PLAIN
#: whole values, nested twice at most, passed over in one go
_FLAT = re.compile(rb"(?:%b|[\[{](?:%b|%b)*[\]}])*" % (_PLAIN, _PLAIN, _LIST), re.DOTALL)


# its state is kept in local variables: a hundred megabytes pass through this loop, and attributes would be slower
def without_outputs(file: BinaryIO, limit: int) -> bytes:  # noqa: C901
    """Return the JSON of a notebook with ``null`` in place of outputs, attachments and widgets.

    Args:
        limit: bytes to keep at most; one more is returned of a notebook that is longer all the same.

    Raises:
        ValueError: it is nested, or cut into pieces, as no notebook is.
    """
    kept = bytearray()
    depth = steps = 0
    skipping = 0  # the depth of the object whose value is passed over
    in_text = escaped = False
    last = bytearray()  # the text that ended last, which is a key if a colon follows; its beginning is enough
    while (chunk := file.read(CHUNK)) and len(kept) <= limit:
        at = copied = 0
        if escaped:
            at, escaped = 1, False
        while True:
            if in_text:
                found = _QUOTE.search(chunk, at)
                if len(last) < 16:
                    last += chunk[at : min(found.start() if found else len(chunk), at + 16)]
                if found is None:
                    break
                at = found.end()
                if found[0] == b"\\":
                    escaped = at == len(chunk)
                    at += 1
                    if escaped:
                        break
                    continue
                in_text = False
                continue
            if skipping:
                flat = _FLAT.match(chunk, at)
                # a comma ends the value only outside of brackets; inside, and up to a bracket, all is its own
                if flat is not None and depth > skipping:
                    at = flat.end()
            found = _STRUCTURE.search(chunk, at)
            if skipping and depth == skipping:
                comma = chunk.find(b",", at, found.start() if found else len(chunk))
                if comma >= 0:
                    copied, skipping, at = comma, 0, comma
                    continue
            if found is None:
                break
            steps += 1
            at = found.end()
            sign = found[0]
            if sign == b'"':
                in_text = True
                last.clear()
            elif sign in b"{[":
                depth += 1
            elif sign in b"}]":
                depth -= 1
                if skipping and depth < skipping:
                    copied, skipping = at - 1, 0
            elif not skipping and (bytes(last), depth) in _DROPPED:
                kept += chunk[copied:at] + b"null"
                skipping = depth
            if depth > MAX_DEPTH or steps > MAX_STEPS:
                raise ValueError("nested too deeply to be a notebook")
        if not skipping:
            kept += chunk[copied:]
    return bytes(kept[: limit + 1])
