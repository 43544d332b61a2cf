"""What a page and the server say to each other: tagged structs as JSON, one schema with a version.

A page first says :class:`Hello` with the version that it was made for. Everything else depends on its view.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ..web.refusal import refusal

VERSION = 1  #: of the messages: a page of another one is told to load again
MAX_BYTES = 1 << 20  #: of one message of a page


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag=lambda name: name.lower()):
    """A message of either side. Its tag is the name of its class in small letters, unless it says another."""


class Hello(Message, frozen=True):
    """A page begins: the version of the messages that it knows."""

    version: int


class Seen(Message, frozen=True):
    """A page has painted the frame of this number, and takes another."""

    number: int


class Welcome(Message, frozen=True):
    """The server agrees."""

    version: int


class Refused(Message, frozen=True):
    """A message was not understood, and did nothing: why."""

    reason: str


class Trouble(Message, frozen=True):
    """Something ended that should not have: in a line, with the status that a check would have and where it was."""

    status: str
    text: str
    page: str = ""  #: the address of the exercise whose code it was, where that is known
    where: str = ""  #: file and line
    part: str = ""  #: the function of that page that was called, where that is known


class Gone(Message, frozen=True):
    """The lab ends, and why; the page says so and asks no more."""

    reason: str


class Skip(Message, frozen=True):
    """A page waits no longer for the student's code that is running: the course's is to be used."""


class Waiting(Message, frozen=True):
    """An answer takes long: in words, what is waited for and for how long at most; "" once it has come.

    `skip` says whether the page may ask not to wait any longer.
    """

    text: str = ""
    skip: bool = False


class Printed(Message, frozen=True):
    """What the student's code printed, the last lines."""

    text: str


class BadMessage(Exception):
    """A page's message is none of its view's; the text says why, in a line."""


class Reader:
    """Reads what a page of one view may send.

    Args:
        incoming: the union of its structs.
    """

    def __init__(self, incoming: Any):
        self._decoder = msgspec.json.Decoder(incoming | Seen | Hello)

    def read(self, text: str | bytes) -> Any:
        """Return the message.

        Raises:
            BadMessage: it is none.
        """
        if len(text) > MAX_BYTES:
            raise BadMessage(f"a message of more than {MAX_BYTES >> 20} MB")
        try:
            return self._decoder.decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BadMessage(refusal(str(error))[:200]) from None


def write(message: Message, number: int | None = None) -> bytes:
    """Return a message as JSON; a frame with its number, which the page gives back when it was painted."""
    try:
        text = msgspec.json.encode(message)
    except UnicodeEncodeError:  # half a character, out of a student's text or the name of a file
        text = msgspec.json.encode(_whole(msgspec.to_builtins(message)))
    return text if number is None else b'{"number":%d,' % number + text[1:]


def _whole(value: Any) -> Any:
    """Return values of JSON whose texts can be written, "?" for what is half a character."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {_whole(key): _whole(one) for key, one in value.items()}
    return [_whole(one) for one in value] if isinstance(value, list | tuple) else value
