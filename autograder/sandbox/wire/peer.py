"""The symmetric peer: one class on both ends of the socket.

Each side asks the other to call things, and while it waits it serves what the other asks: a
callback is a call in the other direction. Values cross by copy, what has identity crosses as a
handle, and autograd crosses in :mod:`.autograd`.

What a side lets the other touch is decided by its ``HandleTable``: the worker opens everything (the
judge is trusted), the judge opens just the callables and lent methods that a check handed out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from .afterwards import merged, note, note_changes
from .arena import KIND, WATCHED
from .autograd import Node, differentiable, vjp
from .borrowed import Borrowed
from .channel import BadFrame, ChannelClosed, DeadlineExceeded, Line, Turns
from .codec import TORCH_DTYPES, CodecError
from .decoder import Decoder
from .encoder import Encoder
from .handle_table import MAX_EXPORTS, HandleTable, describe
from .problems import ProtocolError, RemoteError, RemoteException, are_frames, are_ints, traceback_frames
from .requests import Request, closing, default_dtype, notice, opening, set_mode

MAX_CALL_DEPTH = 100
MAX_HELD = 256 << 20  #: bytes, about, of all that one check's messages bring: the record and the check may keep them


class Peer:
    """One end of the line.

    Args:
        channel: the frames.
        trusted: True on the judge's side: it opens nothing but what it lends, notes what a call did to
            its arguments, and sends tensors with their strides.
        adopt: makes the local stand-in of an object of the other side from (peer, number, info).
        services: what the other side may ask of this side itself, by name.
    """

    def __init__(
        self,
        channel: Line,
        *,
        trusted: bool,
        adopt: Callable[[Peer, int, tuple[Any, ...]], Any],
        services: dict[str, Callable[..., Any]] | None = None,
    ):
        self.channel = channel
        self.unanswered = 0  #: questions of this side; where nobody waits for their answers, the line is out of step
        self._passes_files = sys.platform == "linux" and getattr(channel, "passes_files", False)
        self.trusted = trusted
        self._requests = ("q",) if trusted else ("q", "w")  #: what a request begins with
        self.start_anew()
        self._adopt = adopt
        self.frames_of = traceback_frames  #: what to say of where an exception came from
        self._services = services or {}
        self._depth = 0
        self._failure: BaseException | None = None
        self.held = 0  #: about so many bytes came since whoever asks last set it to zero
        self.afterwards: Any = None  #: (args, kwargs) as the last call left them, None when it left them as they were
        self.saw_changes = False  #: did this side see so itself, or could it not have looked?
        self.tag = ""  #: whose call this is, for the record
        self.on_callback: Callable[[tuple[Any, ...], dict[str, Any], Any], None] | None = None
        self.on_gradient: Callable[[str, tuple[Any, ...], list[Any]], None] | None = None
        self.turns: Turns | None = None  #: told when student code begins and ends to run, on the worker's side
        self.translated: Callable[[], AbstractContextManager[Any]] = nullcontext  #: turns what goes wrong into one kind

    def start_anew(self) -> None:
        """Forget every object of either side. When both do, they will number what comes as they did the last time."""
        self.era = object()  #: what was numbered in another era means nothing in this one
        self.exports = HandleTable(open=not self.trusted)
        self.nodes: dict[int, tuple[list[torch.Tensor], list[torch.Tensor]]] = {}
        self._borrowed = Borrowed()  # a new one: whatever an earlier object still holds is let go of in the old one
        self._next_node = 1
        self._failure = None

    # -- what the codec asks ---------------------------------------------------------------------

    def export(self, value: Any) -> tuple[bool, int, tuple[Any, ...]]:
        """See :class:`.codec.Objects`."""
        owner = getattr(type(value), "_gradus_handle", None)
        if owner is not None:
            peer, number = owner(value)
            if peer is not self:
                raise CodecError("a handle of another worker")
            return False, number, ()
        if self.trusted and not callable(value) and id(value) not in self.exports._numbers:
            raise CodecError(f"a {type(value).__name__}: only values, callables and lent objects may be passed")
        return True, self.exports.add(value), describe(value)

    def adopt(self, number: int, info: tuple[Any, ...]) -> Any:
        """See :class:`.codec.Objects`."""
        known = self._borrowed.stand_in(number)
        return known if known is not None else self._borrowed.keep(number, self._adopt(self, number, info))

    def resolve(self, number: int) -> Any:
        """See :class:`.codec.Objects`."""
        return self.exports.get(number)

    # -- asking ----------------------------------------------------------------------------------

    def call(
        self,
        target: int,
        name: str | None,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        mirrors: list[Any] | None = None,
    ) -> Any:
        """Call object `target` of the other side, or its method `name`.

        Differentiable in every tensor argument that requires a gradient, and in `mirrors`, pairs
        of (leaf here, handle number, parameter name) of the other side's parameters.
        """
        return self._ask("call", target, name, args, kwargs, mirrors or [])

    def get(self, target: int, name: str) -> Any:
        """Return the attribute `name` of the other side's object."""
        return self._ask("get", target, name, (), {}, [])

    def set(self, target: int, name: str, value: Any) -> None:
        """Set an attribute of the other side's object."""
        self._ask("set", target, name, (value,), {}, [])

    def service(self, name: str, *args: Any) -> Any:
        """Ask the other side itself."""
        return self._ask("service", 0, name, args, {}, [])

    def tell(self, name: str, *args: str | int | tuple[str, ...]) -> None:
        """Ask the other side itself, and wait for no answer: half a round trip."""
        self.channel.send(notice(name, *args), [])

    def _ask(
        self, op: str, target: int, name: str | None, args: tuple[Any, ...], kwargs: dict[str, Any], mirrors: list[Any]
    ) -> Any:
        if self.turns is not None:  # student code asks: until it has its answer it does not run
            self.turns.aside()
        try:
            names = tuple((number, parameter) for _, number, parameter in mirrors) or None
            encoder, released = self._encoder(), self._borrowed.take_released()
            grad = torch.is_grad_enabled()
            encoder.out += opening(op, target, name)
            encoder.value(args)
            encoder.value(kwargs or None)
            if self.trusted and op in ("call", "set") and encoder.brings_arrays:
                encoder.out[KIND] = WATCHED
            encoder.out += closing(grad, default_dtype())
            encoder.value(names)
            firm = len(encoder.out)
            encoder.value(released)
            tag = self.tag
            inputs = [*encoder.tracked, *(leaf for leaf, _, _ in mirrors)] if grad else []

            def run() -> tuple[Any, list[torch.Tensor], Node | None]:
                value, tracked, node = self._exchange(encoder, firm, (args, kwargs))
                return value, tracked, self._borrowed.node(node, tag)

            return differentiable(self, run, inputs)
        finally:
            if self.turns is not None:
                self.turns.back()

    def vjp(self, node: Node, cotangents: tuple[Any, ...], create_graph: bool) -> tuple[list[Any], Node | None]:
        """Vector-Jacobian product of a call that the other side remembers."""
        if self.turns is None:
            return self._vjp(node, cotangents, create_graph)
        self.turns.aside()
        try:
            return self._vjp(node, cotangents, create_graph)
        finally:
            self.turns.back()

    def _vjp(self, node: Node, cotangents: tuple[Any, ...], create_graph: bool) -> tuple[list[Any], Node | None]:
        encoder, released = self._encoder(), self._borrowed.take_released()
        encoder.out += opening("vjp", node.number, None)
        encoder.value(cotangents)
        encoder.value(None)
        encoder.out += closing(create_graph, default_dtype())
        encoder.value(None)
        firm = len(encoder.out)
        encoder.value(released)
        with self.translated():  # inside autograd nobody else would
            value, _, made = self._exchange(encoder, firm)
        if not isinstance(value, list):
            raise ProtocolError("the answer to a gradient request is no list")
        if self.on_gradient is not None:
            self.on_gradient(node.tag, cotangents, value)
        return value, self._borrowed.node(made, node.tag)

    def _encoder(self, answer: bool = False) -> Encoder:
        return Encoder(self, strided=self.trusted, answer=answer, files=self._passes_files)

    def _exchange(
        self, encoder: Encoder, firm: int, arguments: tuple[tuple[Any, ...], dict[str, Any]] | None = None
    ) -> tuple[Any, list[torch.Tensor], int | None]:
        """Send a request, of which `firm` bytes are the question; serve what the other side asks until it answers.

        Args:
            arguments: of a call: noted on them is what became of them, also where the answer is an exception.
        """
        self.unanswered += 1
        self.channel.send(encoder.out, encoder.fds, firm)
        while True:
            decoder, message = self._read()
            if message[0] in self._requests:
                self._serve(decoder, message)
                continue
            self.unanswered -= 1
            failure, self._failure = self._failure, None
            if failure is not None:
                raise failure
            if message[0] == "r" and len(message) == 5:
                _, value, node, final, released = message
                self._forget(released)
                if node is not None and not (are_ints(node) and len(node) == 2):
                    raise ProtocolError("an answer whose graph has no number")
                number, outputs = node or (None, 0)
                self._note(arguments, final, encoder)
                return value, decoder.tracked[:outputs], number
            if message[0] == "x" and len(message) == 5:
                _, error, frames, final, released = message
                self._forget(released)
                if not isinstance(error, RemoteException) or not are_frames(frames):
                    raise ProtocolError("an exception that is none")
                self._note(arguments, final, encoder)
                raise RemoteError.of(error, frames)
            raise ProtocolError("an answer of unknown kind")

    def _note(self, arguments: tuple[tuple[Any, ...], dict[str, Any]] | None, final: Any, encoder: Encoder) -> None:
        """Note what a call made of its arguments: what the other side says of it, and what is seen in their memory."""
        if arguments is None or not self.trusted:
            return
        self.afterwards = final
        if final is not None:
            note_changes(arguments, final, seen=not self.channel.sees)
        altered = encoder.altered(self.channel.altered)
        self.saw_changes = bool(altered) or not self.channel.sees
        if altered:
            self.afterwards = merged(arguments, final, {id(value): now for value, now in altered})
            for value, now in altered:
                if isinstance(value, torch.Tensor):
                    note(value, now, seen=True)

    def _read(self) -> tuple[Decoder, tuple[Any, ...]]:
        body, fds = self.channel.receive()
        try:
            if fds and self.trusted:
                raise ProtocolError("an answer that brings files")
            decoder = Decoder(body, fds, self, strided=not self.trusted, look_up=self.channel.look_up)
            message = decoder.value()
            if not (isinstance(message, tuple) and message and type(message[0]) is str and decoder.done()):
                raise ProtocolError("an answer that is no message")
            self.held += decoder.weight
            if self.trusted and self.held > MAX_HELD:
                raise ProtocolError(f"more than {MAX_HELD >> 20} MB in the answers of one check")
            return decoder, message
        except (CodecError, RecursionError) as error:
            raise ProtocolError(str(error)) from None
        finally:
            for fd in fds:
                os.close(fd)

    def _forget(self, released: Any) -> None:
        if released is None:
            return
        if not (isinstance(released, tuple) and len(released) == 2 and all(map(are_ints, released))):
            raise ProtocolError("a message without its list of released objects")
        for number in released[0]:
            self.exports.drop(number)
        for number in released[1]:
            self.nodes.pop(number, None)

    # -- serving ---------------------------------------------------------------------------------

    def serve_forever(self) -> None:
        """Answer requests until the channel closes."""
        while True:
            self.serve_one()

    def serve_one(self) -> None:
        """Answer the next request, or do what the next notice says."""
        decoder, message = self._read()
        if message[0] == "n" and len(message) == 3:
            self._perform("service", 0, message[1], message[2], {})
        elif message[0] in self._requests:
            self._serve(decoder, message)
        else:
            raise ProtocolError("an answer that nobody asked for")

    def _serve(self, decoder: Decoder, message: tuple[Any, ...]) -> None:
        request = Request.of(message)
        self._forget(request.released)
        if self._depth >= MAX_CALL_DEPTH:
            raise ProtocolError(f"calls nested deeper than {MAX_CALL_DEPTH}")
        before = torch.is_grad_enabled(), torch.get_default_dtype()
        self._depth += 1
        try:
            set_mode(request.grad, TORCH_DTYPES[request.dtype])
            reply = self._answer(decoder, request)
        except (KeyboardInterrupt, ProtocolError, BadFrame, ChannelClosed, DeadlineExceeded):
            raise
        except BaseException as error:  # whatever the student's code raises, SystemExit included, is an answer
            if self.trusted and (isinstance(error, AssertionError) or not isinstance(error, Exception)):
                self._failure = self._failure or error  # the check's own end: the other side cannot catch it
            shown = error.error if isinstance(error, RemoteError) else error
            reply = self._refusal(shown, self.frames_of(error), self._final(decoder, request))
            del error, shown
        finally:
            self._depth -= 1
            set_mode(*before)
        firm = len(reply.out)
        reply.value(self._borrowed.take_released())
        self.channel.send(reply.out, reply.fds, firm)

    def _answer(self, decoder: Decoder, request: Request) -> Encoder:
        """Answer a request, but for the list of released objects at its end."""
        op, target, args, kwargs, grad = request.op, request.target, request.args, request.kwargs, request.grad
        inputs = decoder.tracked
        if op == "vjp" and target not in self.nodes:
            raise CodecError(f"graph {target} is not known here")
        if self.turns is not None and op != "service":
            self.turns.back()
        try:
            if op == "vjp":
                leaves, outputs = self.nodes[target]
                value: Any = vjp(outputs, leaves, args, grad)
                inputs = [*leaves, *inputs]
            else:
                value = self._perform(op, target, request.name, args, kwargs)
        finally:
            if self.turns is not None:
                self.turns.aside()
        if op != "vjp":
            if self.on_callback is not None:
                self.on_callback(args, kwargs, value)
            inputs = [*inputs, *(self.resolve(number).get_parameter(p) for number, p in request.mirrors or ())]
        final = self._final(decoder, request)
        reply = self._encoder(answer=True)
        reply.open_tuple(5)
        reply.value("r")
        reply.value(value)
        node = None
        if grad and inputs and reply.tracked:
            if len(self.nodes) >= MAX_EXPORTS:
                raise CodecError(f"more than {MAX_EXPORTS:,} graphs kept")
            node = (self._next_node, len(reply.tracked))
            self.nodes[self._next_node] = (inputs, list(reply.tracked))
            self._next_node += 1
        reply.value(node)
        reply.value(final)
        return reply

    def _final(self, decoder: Decoder, request: Request) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
        """Return the arguments of a call as they are now, None where it left them as they were."""
        changes = not self.trusted and request.op in ("call", "set") and decoder.changed()
        return (request.args, request.kwargs) if changes else None

    def _refusal(self, error: Any, frames: tuple[Any, ...], final: Any) -> Encoder:
        """Answer with an exception, but for the list of released objects at its end."""
        reply = self._encoder(answer=True)
        reply.open_tuple(5)
        for part in ("x", error, frames):
            reply.value(part)
        try:
            reply.value(final)
        except CodecError:  # what was put into an argument cannot cross: the exception alone must
            return self._refusal(error, frames, None)
        return reply

    def _perform(self, op: str, target: int, name: str | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if op == "service":
            service = self._services.get(name or "")
            if service is None:
                raise CodecError(f"there is no service {name!r}")
            return service(*args)
        value = self.exports.get(target)
        self.exports.permit(target, op, name)
        if op == "call":
            return (value if name is None else getattr(value, name))(*args, **kwargs)
        if op == "get":
            return getattr(value, name or "")
        if op == "set":
            return setattr(value, name or "", *args)
        raise ProtocolError(f"a request of unknown kind {op!r}")
