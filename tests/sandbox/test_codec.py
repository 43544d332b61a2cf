"""How values cross the trust line."""

from __future__ import annotations

import math
import os
import random
import struct
import sys
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.sandbox.wire import codec
from autograder.sandbox.wire import decoder as reading
from autograder.sandbox.wire.codec import CodecError
from autograder.sandbox.wire.decoder import Decoder
from autograder.sandbox.wire.encoder import Encoder
from autograder.sandbox.wire.problems import RemoteException

SIDES = pytest.mark.parametrize("strided", [True, False], ids=["in", "out"])


class Objects:
    """A stand-in for the peer: numbers objects, and keeps what the other side described."""

    def __init__(self) -> None:
        self.mine: dict[int, Any] = {}

    def export(self, value: Any) -> tuple[bool, int, tuple[Any, ...]]:
        """Everything is ours."""
        self.mine[len(self.mine) + 1] = value
        return True, len(self.mine), (type(value).__name__, ("callable",))

    def adopt(self, number: int, info: tuple[Any, ...]) -> Any:
        """A tuple that says what came."""
        return "theirs", number, info

    def resolve(self, number: int) -> Any:
        """One of ours."""
        if number not in self.mine:
            raise CodecError(f"handle {number} is not known here")
        return self.mine[number]


def encode(value: Any, strided: bool = False) -> bytes:
    """The bytes of one value, without file descriptors."""
    encoder = Encoder(Objects(), strided=strided)
    encoder.value(value)
    assert encoder.fds == []
    return bytes(encoder.out)


def decoder(frame: bytes, strided: bool = False) -> Decoder:
    """A reader of these bytes."""
    return Decoder(frame, [], Objects(), strided=strided)


def over(value: Any, strided: bool = False) -> Any:
    """The value after crossing; the whole frame must have been read."""
    reader = decoder(encode(value, strided), strided)
    result = reader.value()
    assert reader.done()
    return result


def bits(tensor: torch.Tensor) -> bytes:
    """The exact bytes of a tensor's elements in order."""
    whole = torch.empty(tensor.numel(), dtype=tensor.dtype)
    whole.view(tensor.shape).copy_(tensor.detach())
    return bytes(whole.untyped_storage())


def alike(a: Any, b: Any) -> bool:
    """The same value of the same type, NaN equal to itself and 0.0 unlike -0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        return a.shape == b.shape and a.dtype == b.dtype and bits(a) == bits(b)
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if isinstance(a, float):
        return struct.pack("<d", a) == struct.pack("<d", b)
    if isinstance(a, complex):
        return alike(a.real, b.real) and alike(a.imag, b.imag)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return len(a) == len(b) and all(alike(x, y) for x, y in zip(a.items(), b.items(), strict=True))
    return bool(a == b)


# -- plain values --------------------------------------------------------------------------------

finite_keys = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=4) | st.binary(max_size=4)
scalars = (
    finite_keys
    | st.floats()
    | st.complex_numbers()
    | st.sampled_from(codec.TORCH_DTYPES)
    | st.builds(slice, st.none() | st.integers(-9, 9), st.none() | st.integers(-9, 9), st.none() | st.integers(1, 3))
    | st.sets(finite_keys, max_size=3)
    | st.frozensets(finite_keys | st.tuples(finite_keys, finite_keys), max_size=3)
)
nested = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(finite_keys | st.tuples(finite_keys), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(nested, st.booleans())
def test_nested_values_come_back_as_they_were(value, strided):
    """any nesting of plain values arrives with the same types and contents, dicts in order"""
    assert alike(over(value, strided), value)


@pytest.mark.parametrize(
    "value",
    [
        2**63 - 1, -(2**63), math.nan, -0.0, math.inf, "", "\ud800 lone", "é\U0001f600\0", b"", b"\0\xff",
        [], (), {}, set(), frozenset(), {(1, "a"): None, None: 2, 1.5: 3}, slice(None), ..., torch.device("cpu"),
        torch.device("cuda:3"), 1j,
    ],
    ids=repr,
)  # fmt: skip
@SIDES
def test_edges_of_each_plain_kind(value, strided):
    """the ends of ranges, empty containers and odd texts cross too; what is no value becomes a handle"""
    result = over(value, strided)
    assert result == ("theirs", 1, ("ellipsis", ("callable",))) if value is ... else alike(result, value)


def test_subclasses_arrive_as_their_plain_kind():
    """what is a tuple with names is a tuple, a torch.Size is a tuple, an int or str of a subclass is the plain one"""

    class Loud(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = str.__hash__

    class Always(int):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = int.__hash__

    sent = [torch.ones(2, 3).shape, sys.version_info, Loud("no"), Always(3), bytearray(b"x")]
    got = over(sent)
    assert [type(v) for v in got] == [tuple, tuple, str, int, bytes]
    assert got == [(2, 3), tuple(sys.version_info), "no", 3, b"x"]


def test_an_object_crosses_as_a_handle_and_comes_home():
    """what has identity crosses by number; the number alone names it on the way back"""
    mine = Objects()
    thing = object()
    there = Encoder(mine, strided=False)
    there.value([thing])
    assert Decoder(bytes(there.out), [], Objects(), strided=False).value() == [("theirs", 1, ("object", ("callable",)))]
    assert Decoder(b"H\x01\0\0\0", [], mine, strided=False).value() is thing
    with pytest.raises(CodecError, match="not known"):
        Decoder(b"H\x02\0\0\0", [], mine, strided=False).value()


def test_exceptions_cross_as_names_and_text():
    """an exception arrives as its type's names and text, even when its __str__ raises"""

    class Mute(ValueError):
        def __str__(self) -> str:
            raise SystemExit

    got = over(KeyError("k"))
    assert isinstance(got, RemoteException)
    assert (got.type_name, got.mro[:2], got.text) == ("KeyError", ("KeyError", "LookupError"), "'k'")
    mute = over(Mute())
    assert mute.mro[:2] == ("Mute", "ValueError")
    assert "could not be read" in mute.text
    assert len(over(ValueError("x" * 10_000)).text) == 2000
    assert over(got).text == "'k'"


# -- tensors -------------------------------------------------------------------------------------


@st.composite
def views(draw: st.DrawFn) -> torch.Tensor:
    """A view of any shape, strides (0 and overlapping ones too), offset and dtype on a small storage."""
    dtype = draw(st.sampled_from(codec.TORCH_DTYPES))
    shape = draw(st.lists(st.integers(0, 3), max_size=4))
    stride = [draw(st.integers(0, 4)) for _ in shape]
    offset = draw(st.integers(0, 3))
    reach = 0 if 0 in shape else offset + 1 + sum((n - 1) * s for n, s in zip(shape, stride, strict=True))
    length = reach + draw(st.integers(0, 3))
    seed = draw(st.integers(0, 2**16))
    raw = random.Random(seed).randbytes(length * dtype.itemsize)
    if dtype is torch.bool:
        raw = bytes(byte & 1 for byte in raw)
    base = torch.frombuffer(bytearray(raw), dtype=dtype) if raw else torch.empty(0, dtype=dtype)
    return base.as_strided(shape, stride, offset if reach else min(offset, length))


@given(views())
def test_a_tensor_goes_in_with_its_strides(view):
    """a tensor going in keeps shape, dtype, strides, offset and its whole storage, bit for bit"""
    got = over(view, strided=True)
    assert alike(got, view)
    assert got.stride() == view.stride()
    assert got.storage_offset() == view.storage_offset()
    assert bytes(got.untyped_storage()) == bytes(view.untyped_storage())
    assert got.untyped_storage().data_ptr() != view.untyped_storage().data_ptr() or not view.untyped_storage().nbytes()


@given(views())
def test_a_tensor_comes_out_contiguous(view):
    """an answer is always a contiguous tensor with no more storage than its elements need"""
    got = over(view, strided=False)
    assert alike(got, view)
    assert got.is_contiguous()
    assert got.storage_offset() == 0
    assert got.untyped_storage().nbytes() == got.numel() * got.element_size()


@given(st.lists(views(), max_size=4))
def test_several_tensors_in_one_frame(several):
    """tensors beside each other do not disturb each other, in both directions"""
    for strided in (True, False):
        assert alike(over(several, strided), several)


@SIDES
def test_shared_storage(strided):
    """tensors that share storage share it on arrival going in, and are apart coming out"""
    base = torch.arange(6.0)
    whole, tail, other = over([base, base[2:].view(2, 2), torch.arange(6.0)], strided)
    whole[3] = 99.0
    assert bool(tail[0, 1] == 99.0) is strided
    assert other[3] == 3.0


@SIDES
def test_the_same_tensor_twice_is_one_tensor(strided):
    """one tensor at two places arrives as one tensor at two places"""
    x = torch.ones(2)
    a, b = over([x, {"again": x}], strided)
    assert b["again"] is a


@SIDES
def test_conjugate_and_negative_views(strided):
    """lazily conjugated or negated views arrive with their values, the laziness resolved"""
    z = torch.tensor([1 + 2j, 3 - 4j])
    for view in (z.conj(), z.conj().imag, torch._neg_view(torch.ones(2)), z.real, z.conj()[1:]):
        got = over(view, strided)
        assert got.tolist() == view.tolist()
        assert not got.is_conj()
        assert not got.is_neg()


@SIDES
@pytest.mark.parametrize("dtype", codec.TORCH_DTYPES, ids=str)
def test_every_dtype_0d_and_empty(dtype, strided):
    """a 0-d and an empty tensor of every dtype keep shape and dtype"""
    for value in (torch.ones((), dtype=dtype), torch.zeros((2, 0, 3), dtype=dtype), torch.ones((1, 2), dtype=dtype)):
        assert alike(over(value, strided), value)


@SIDES
def test_nan_and_infinity_keep_their_bits(strided):
    """NaN payloads, infinities and negative zeros arrive bit for bit"""
    x = torch.tensor([math.nan, -math.inf, -0.0, 1e-320], dtype=torch.float64)
    assert bits(over(x, strided)) == bits(x)


def test_requires_grad_leaf_and_parameter():
    """a leaf stays a leaf, what was computed is none, a Parameter is one; tracked are those that require gradients"""
    leaf = torch.ones(2, requires_grad=True)
    frame = encode([leaf, leaf * 2, torch.nn.Parameter(torch.ones(3)), torch.ones(1)], strided=True)
    reader = decoder(frame, strided=True)
    a, b, c, d = reader.value()
    assert (a.is_leaf, b.is_leaf, c.is_leaf) == (True, False, True)
    assert [t.requires_grad for t in (a, b, c, d)] == [True, True, True, False]
    assert type(c) is torch.nn.Parameter
    assert [t.shape for t in reader.tracked] == [(2,), (2,), (3,)]
    b.mul_(3)  # a leaf would refuse this
    assert b.tolist() == [6.0, 6.0]


def test_a_small_view_of_a_large_storage_travels_alone():
    """a view does not drag megabytes of unseen storage along"""
    view = torch.zeros(1 << 20)[5:9]
    assert len(encode(view, strided=True)) < 200
    assert alike(over(view, strided=True), view)


@SIDES
def test_a_generator_goes_on_where_it_was(strided):
    """a torch.Generator arrives with its state: both sides draw the same numbers next"""
    generator = torch.Generator().manual_seed(7)
    torch.rand(3, generator=generator)
    got = over(generator, strided)
    assert torch.equal(torch.rand(4, generator=got), torch.rand(4, generator=generator))


@pytest.mark.skipif(sys.platform != "linux", reason="sealed memory files are Linux's")
def test_large_arrays_go_in_as_files_that_are_looked_at():
    """an array of 16 MB goes in once, as a file of fixed size; whoever sent it sees in it what became of it"""
    big = torch.zeros(codec.BIG, dtype=torch.uint8)
    encoder = Encoder(Objects(), strided=True, files=True)
    encoder.value([big, np.ones(codec.BIG // 8)])
    try:
        assert len(encoder.fds) == 2
        assert len(encoder.out) < 500
        with pytest.raises(PermissionError):  # a shorter one would end the judge when it looks
            os.ftruncate(encoder.fds[0], 1)
        reader = Decoder(bytes(encoder.out), encoder.fds, Objects(), strided=True)
        tensor, array = reader.value()
        assert tensor.shape == big.shape
        assert not tensor.any()
        assert array.sum() == codec.BIG // 8
        assert encoder.altered(None) == []
        tensor[-1] = 1
        ((sent, now),) = encoder.altered(None)
        assert sent is big
        assert now[-1] == 1
        assert not big.any()
    finally:
        for fd in encoder.fds:
            os.close(fd)


def test_arrays_of_both_kinds_share_as_they_did():
    """what shares a storage shares it on arrival, also behind an array of numpy's and an empty one"""
    x = torch.arange(6.0).view(2, 3)
    array, empty, one, other = over([np.arange(4), torch.empty(0), x, x.t()], True)
    assert array.tolist() == [0, 1, 2, 3]
    assert not empty.numel()
    assert torch.equal(other, x.t())
    one[0, 1] = 7
    assert other[1, 0] == 7


def test_an_answer_never_brings_files():
    """coming out, a large array travels in the frame"""
    encoder = Encoder(Objects(), strided=False)
    encoder.value(torch.zeros(codec.BIG, dtype=torch.uint8))
    assert encoder.fds == []
    assert len(encoder.out) > codec.BIG


# -- numpy and pandas ----------------------------------------------------------------------------

numpy_dtypes = (
    hnp.boolean_dtypes()
    | hnp.integer_dtypes()
    | hnp.unsigned_integer_dtypes()
    | hnp.floating_dtypes(sizes=(16, 32, 64))
    | hnp.complex_number_dtypes(sizes=(64, 128))
    | hnp.unicode_string_dtypes(min_len=1, max_len=4)
    | hnp.byte_string_dtypes(min_len=1, max_len=4)
    | hnp.datetime64_dtypes()
    | hnp.timedelta64_dtypes()
)


@given(hnp.arrays(numpy_dtypes, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)), st.booleans())
def test_numpy_arrays(array, strided):
    """an array of any plain dtype, byte order and shape arrives with its values, in little-endian order, writable"""
    for value in (array, array.T, array[::-1] if array.ndim else array):
        want = value.astype(value.dtype.newbyteorder("<"))
        got = over(value, strided)
        assert alike(got, np.array(want, order="C"))
        assert got.flags.writeable


@given(hnp.arrays(numpy_dtypes, ()), st.booleans())
def test_numpy_scalars(array, strided):
    """a numpy scalar arrives as a numpy scalar of the same type and bits"""
    scalar = array[()]
    got = over(scalar, strided)
    assert isinstance(got, np.generic)
    assert got.dtype == scalar.dtype.newbyteorder("<")
    assert got.tobytes() == scalar.astype(scalar.dtype.newbyteorder("<")).tobytes()


@SIDES
def test_object_arrays(strided):
    """an object array arrives cell by cell; lists in its cells stay lists"""
    array = np.empty((2, 2), dtype=object)
    array[0, 0], array[0, 1], array[1, 0], array[1, 1] = [1, 2], [3, 4], "text", None
    got = over(array, strided)
    assert got.shape == (2, 2)
    assert got.dtype == object
    assert got.tolist() == array.tolist()
    even = np.empty(2, dtype=object)
    even[0], even[1] = [1, 2], [3, 4]
    assert over(even, strided).tolist() == [[1, 2], [3, 4]]


@SIDES
def test_data_frames_and_series(strided):
    """a table keeps columns, their order and dtypes, its index and its missing cells; a Series its name"""
    frame = pandas.DataFrame(
        {"n": [1, 2, 3], "x": [0.5, math.nan, -1.0], "s": ["a", None, "c"], 7: [True, False, True]}, index=[3, 1, 2]
    )
    got = over(frame, strided)
    pandas.testing.assert_frame_equal(got, frame)
    series = pandas.Series([1.5, 2.5], index=["a", "b"], name="score")
    pandas.testing.assert_series_equal(over(series, strided), series)
    named = series.rename_axis("who")
    pandas.testing.assert_series_equal(over(named, strided), named)
    several = pandas.Series([1, 2], index=pandas.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["letter", None]))
    pandas.testing.assert_series_equal(over(several, strided), several)
    kinds = pandas.DataFrame({"c": pandas.Series(["b", "a"], dtype="category"), "i": pandas.array([1, None], "Int64")})
    kinds["o"] = pandas.Series([1, 2], dtype=object)
    kinds["d"] = pandas.to_datetime(["2024-01-01", "2024-01-02"])
    pandas.testing.assert_frame_equal(over(kinds, strided), kinds)
    axes = pandas.DataFrame({"x": [1.0]}, index=pandas.Index(["a"], name="row")).rename_axis(columns="what")
    pandas.testing.assert_frame_equal(over(axes, strided), axes)


Point = namedtuple("Point", "x y")
DAY = date(2024, 2, 29)
AWARE = datetime(2024, 2, 29, 12, 30, 0, 7, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    "value",
    [
        Counter("abracadabra"), OrderedDict(b=1, a=[2]), defaultdict(list, {"a": [1]}), defaultdict(int),
        deque([1, 2], 5),
        range(3, 30, 4), Fraction(-3, 7), Decimal("0.10"), Decimal("NaN"), DAY, AWARE, AWARE.time(), timedelta(-1, 3),
        math.factorial(60), -(2**63) - 1, 2**64, {DAY, AWARE}, {Fraction(1, 3): frozenset({frozenset({1})})},
        pandas.Timestamp("2024-02-29 12:00:00.000000007"), pandas.Timestamp(AWARE), pandas.Timedelta("1s"), pandas.NaT,
        pandas.Period("2024-02", "M"), pandas.Interval(0, 1.5, "left"),
        {"a": [1]}.keys(), {"a": [1]}.values(), {"a": 1}.items(),
    ],
    ids=lambda value: type(value).__name__,  # a set has its order by chance
)  # fmt: skip
@SIDES
def test_plain_values_of_the_libraries(value, strided):
    """counters, dates, fractions and whole numbers of any length cross as what they are"""
    got = over([value, {"inside": (value,)}], strided)
    for one in (got[0], got[1]["inside"][0]):
        assert type(one) is type(value)
        assert repr(one) == repr(value)
    assert getattr(got[0], "default_factory", None) is getattr(value, "default_factory", None)


@SIDES
def test_named_tuples_and_indexes(strided):
    """a named tuple keeps its names, and is one class for all of its kind; an index keeps its name and dtype"""
    a, b = over([Point(1, [2.0]), Point(3, None)], strided)
    assert (a.x, a.y, b.x) == (1, [2.0], 3)
    assert type(a) is type(b)
    assert a == (1, [2.0])
    told = over(torch.nn.Linear(2, 1).load_state_dict({}, strict=False), strided)  # its name begins with _
    assert told.missing_keys == ["weight", "bias"]
    assert over(type("class", (Point,), {})(1, 2), strided) == (1, 2)
    for index in (
        pandas.Index(["a", "b"], name="who"), pandas.RangeIndex(3), pandas.to_datetime(["2024-01-01", "2024-01-02"]),
        pandas.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["letter", None]),
    ):  # fmt: skip
        got = over(index, strided)
        assert got.equals(index)
        assert list(got.names) == list(index.names)


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("range", (0, 10**9, 1)), ("range", (0, 1, 0)), ("Fraction", (1, 0)), ("Fraction", (1.5, 2)),
        ("Decimal", "1e99999"),
        ("namedtuple", ("x", ("__init__",), (1,))), ("namedtuple", ("import os", ("a",), (1,))), ("Counter", [1]),
        ("deque", ([1], "a")), ("int", b""), ("int", bytes(5000)), ("date", "2024-13-01"), ("lambda", 1), ([], 1),
        ("Index", ([1], ["a"], "os")), ("defaultdict", ("int",)),
    ],
    ids=repr,
)  # fmt: skip
def test_parts_that_make_no_value(kind, parts):
    """parts that make none, or one that would grow when it is used, are refused"""
    with pytest.raises(CodecError):
        decoder(b"K" + encode(kind) + encode(parts)).value()


# -- what cannot cross ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (1 << 20_000, "20,001 bits"),
        (-(1 << 20_000), "int"),
        (torch.eye(2).to_sparse(), "sparse"),
        (torch.empty(2, device="meta"), "meta"),
        (torch.ones(2, dtype=torch.uint16), "uint16"),
        (np.zeros(2, dtype=[("a", "i4")]), "dtype"),
    ],
    ids=["int", "negative int", "sparse", "meta", "uint16", "structured"],
)
@SIDES
def test_what_cannot_cross_is_named(value, names, strided):
    """a value that has no encoding is refused with a message that names its kind"""
    with pytest.raises(CodecError, match=names):
        encode([value], strided)


def test_containers_that_hold_themselves():
    """a cyclic list or dict is refused, not followed forever"""
    ring: list[Any] = []
    ring.append(ring)
    table: dict[str, Any] = {}
    table["self"] = [table]
    for value in (ring, table):
        with pytest.raises(CodecError, match="nested deeper"):
            encode(value)


def deep(levels: int) -> Any:
    """A list in a list in a list."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_depth_cap():
    """64 levels cross in both directions, one more is refused by the writer, and a forged frame by the reader"""
    assert over(deep(codec.MAX_DEPTH)) == deep(codec.MAX_DEPTH)
    with pytest.raises(CodecError, match="nested deeper"):
        encode(deep(codec.MAX_DEPTH + 1))
    for forged in (b"l\x01\0\0\0" * 5000 + b"N", b"S" * 5000, b"n" * 5000, b"E" * 5000):
        with pytest.raises(CodecError, match="nested deeper"):
            decoder(forged).value()


def test_count_cap(monkeypatch):
    """more values than a frame may hold are refused by both sides"""
    frame = encode([None] * 60)
    monkeypatch.setattr(codec, "MAX_ITEMS", 50)
    with pytest.raises(CodecError, match="more than 50 values"):
        encode([None] * 60)
    with pytest.raises(CodecError, match="more than 50 values"):
        decoder(frame).value()


def test_size_caps(monkeypatch):
    """an expanded view is refused before it is made whole, and a frame may not outgrow its cap in small pieces"""
    with pytest.raises(CodecError, match=r"and dtype uint8, .* MB, which is too large"):
        encode(torch.zeros(1, dtype=torch.uint8).expand(codec.MAX_NUMEL + 1))
    monkeypatch.setattr(codec, "MAX_FRAME", 1000)
    for value in (b"x" * 2000, "y" * 2000, np.zeros(2000, dtype=np.uint8), torch.zeros(300), ["z" * 400] * 3):
        with pytest.raises(CodecError, match=r"bytes in one message|too large to be sent"):
            encode(value)


# -- bytes that are no value ---------------------------------------------------------------------

SAMPLES: list[Any] = [
    None, True, 7, 2.5, 1j, "text", b"bytes", [1, [2]], (1,), {"a": 1}, {1, 2}, frozenset({"a"}), slice(1, None, 2),
    torch.float32, torch.device("cpu"), torch.arange(6.0).view(2, 3).t(), torch.ones(2, requires_grad=True),
    torch.nn.Parameter(torch.ones(2)), torch.tensor(True), torch.zeros(0, 3), torch.Generator(), np.float32(1),
    np.arange(6).reshape(2, 3), np.array(["a", "bc"]), np.array([1, "a", None], dtype=object),
    np.datetime64("2020-01-01"), pandas.DataFrame({"a": [1, 2], "b": ["x", None]}), pandas.Series([1.0, 2.0]),
    ValueError("x"), object(), [torch.ones(3), torch.ones(3)],
]  # fmt: skip
FRAMES = {strided: [encode(v, strided) for v in SAMPLES] for strided in (True, False)}


def read_or_refuse(frame: bytes, strided: bool) -> bool:
    """Read one value from any bytes; True when they were refused with CodecError. Anything else is raised."""
    reader = decoder(frame, strided)
    try:
        reader.value()
    except CodecError:
        return True
    return not reader.done()


@SIDES
def test_every_truncation_is_refused(strided):
    """a frame cut anywhere is refused with CodecError"""
    for frame in FRAMES[strided]:
        cuts = range(len(frame)) if len(frame) < 600 else [*range(0, len(frame), 97), len(frame) - 1]
        for cut in cuts:
            assert read_or_refuse(frame[:cut], strided)
        assert not read_or_refuse(frame, strided)


@SIDES
def test_every_unknown_tag_is_refused(strided):
    """a tag that stands for nothing is refused, and named"""
    for tag in set(range(256)) - set(reading._READERS):
        with pytest.raises(CodecError, match="unknown kind"):
            decoder(bytes([tag]) + b"\0" * 64, strided).value()


@given(st.binary(max_size=80), st.booleans())
def test_random_bytes(frame, strided):
    """whatever the bytes are, the end is a value or CodecError"""
    read_or_refuse(frame, strided)


@given(st.sampled_from(sorted(reading._READERS)), st.binary(max_size=60), st.booleans())
def test_random_bytes_behind_each_tag(tag, rest, strided):
    """whatever follows a known tag, the end is a value or CodecError"""
    read_or_refuse(bytes([tag]) + rest, strided)


@SIDES
@pytest.mark.parametrize("seed", range(4))
def test_garbled_frames(seed, strided):
    """a frame with bytes changed, cut out or put in is a value or CodecError, never another exception"""
    chance = random.Random(seed)
    telling = [0, 1, 2, 3, 4, 8, 31, 33, 64, 127, 128, 255, *reading._READERS]
    refused = 0
    for _ in range(4000):
        frame = bytearray(chance.choice(FRAMES[strided]))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(frame)) if frame else 0
            kind = chance.random()
            if kind < 0.6 and frame:
                frame[at] = chance.choice(telling)
            elif kind < 0.8:
                del frame[at : at + chance.randint(1, 9)]
            else:
                frame[at:at] = chance.randbytes(chance.randint(1, 9))
        refused += read_or_refuse(bytes(frame), strided)
    assert refused > 1000


HUGE = struct.pack("<Q", 1 << 62)
TENSOR = bytes([0, 0, 1]) + struct.pack("<q", 4)  # four float64


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (b"s\xff\xff\xff\xff", "ends in the middle"),
        (b"b\xff\xff\xff\x7fabc", "ends in the middle"),
        (b"l\xff\xff\xff\xffNNN", "claims more values"),
        (b"d\xff\xff\xff\xffNNN", "claims more values"),
        (b"e\xff\xff\xff\xffNNN", "claims more values"),
        (b"x" + bytes([0, 0, 1]) + HUGE + b"b" + HUGE, "elements"),
        (b"x" + bytes([0, 0, 2]) + struct.pack("<qq", 1 << 20, 1 << 20) + b"b" + HUGE, "elements"),
        (b"x" + TENSOR + b"b" + HUGE, "ends in the middle"),
        (b"x" + TENSOR + b"m" + struct.pack("<Q", 1 << 30), "without its bytes"),
        (b"x" + TENSOR + b"b" + struct.pack("<Q", 8) + b"\0" * 8, "do not fill"),
        (b"x" + bytes([0, 0, 33]) + b"\0" * 400, "dimensions"),
        (b"x" + bytes([0, 0, 1]) + struct.pack("<q", -1) + b"b" + b"\0" * 8, "negative"),
        (b"x" + bytes([99, 0, 0]) + b"b" + b"\0" * 8, "dtype"),
        (b"a" + encode("<f8") + bytes([1]) + HUGE + b"b" + HUGE, "elements"),
        (b"a" + encode("<U99999") + bytes([1]) + struct.pack("<q", 1 << 27) + b"b" + b"\0" * 8, "do not fill"),
        (b"a" + encode("O") + bytes([0]), "dtype"),
        (b"a" + encode("<f8\n") + bytes([0]), "dtype"),
        (b"o" + bytes([1]) + struct.pack("<q", 1 << 27) + b"l\0\0\0\0", "do not fill"),
        (b"g" + struct.pack("<I", 8) + b"\0" * 8, "generator"),
        (b"V" + struct.pack("<I", 3) + b"abc", "no value"),
        (b"D" + struct.pack("<I", 3) + b"abc", "dtype"),
        (b"s" + struct.pack("<I", 1) + b"\xff", "UTF-8"),
        (b"e" + struct.pack("<I", 1) + encode((1, [2])), "no value"),
        (b"e" + struct.pack("<I", 1) + encode([2]), "scalars"),
        (b"d" + struct.pack("<I", 1) + encode([2]) + b"N", "key"),
        (b"r" + struct.pack("<I", 5), "not there"),
        (b"h" + struct.pack("<I", 5) + b"N", "description"),
        (b"x" + bytes([10, 7, 0]) + b"b" + struct.pack("<Q", 8) + b"\0" * 8, "no value"),
        (b"E" + encode("A") + encode(3) + encode("b"), "types"),
    ],
)
def test_forged_answers(frame, why):
    """a forged length, shape, dtype or reference is refused by a check of its own, before anything is allocated"""
    with pytest.raises(CodecError, match=why):
        decoder(frame).value()


def test_a_forged_view_cannot_reach_beyond_its_bytes():
    """strides and offsets that point outside the storage are refused and make no storage grow"""
    for size, stride, offset in ((2, 1 << 40, 0), (1, 1, 1 << 40), (3, 1, 0), (2, 1, 1), (2, -1, 0), (1, 1, -1)):
        frame = b"x" + bytes([0, 0, 1]) + struct.pack("<qqq", size, stride, offset)
        with pytest.raises(CodecError):
            decoder(frame + b"b" + struct.pack("<Q", 16) + b"\0" * 16, strided=True).value()
        with pytest.raises(CodecError):
            decoder(frame + b"b" + struct.pack("<Q", 0), strided=True).value()
    with pytest.raises(CodecError):
        decoder(b"x" + bytes([0, 0, 1]) + struct.pack("<qqq", 1, 1, 0) + b"k\0\0\0\0", strided=True).value()


# -- what happened to it since -------------------------------------------------------------------


@pytest.mark.parametrize(
    "alter",
    [
        lambda v: v["x"].add_(1),
        lambda v: v["x"][1:].zero_(),
        lambda v: v["x"].resize_(2),
        lambda v: v["x"].requires_grad_(),
        lambda v: v["a"].__setitem__(0, 9),
        lambda v: v["l"].append(1),
        lambda v: v["l"].__setitem__(0, 9),
        lambda v: v["d"].pop("k"),
        lambda v: v["d"].update(k=5),
        lambda v: v.update(new=1),
        lambda v: torch.rand(1, generator=v["g"]),
        lambda v: v["s"].add(3),
        lambda v: v["q"].append(3),
        lambda v: v["c"].update(b=1),
        lambda v: v["t"].__setitem__("new", 1),
        lambda v: v["t"].insert(0, "new", 1),
        lambda v: v["t"].loc.__setitem__((0, "n"), 9),
        lambda v: v["t"].__setattr__("columns", ["m"]),
        lambda v: v["r"].__setitem__(0, 9.0),
        lambda v: setattr(v["r"], "name", "new"),
        lambda v: setattr(v["t"].index, "name", "new"),
    ],
)
def test_any_change_in_place_is_seen(alter):
    """an alteration of a tensor, array, table, container or generator is noticed; looking alone is none"""
    value = {"x": torch.ones(3), "a": np.zeros(2), "l": [1, 2], "d": {"k": 1}, "g": torch.Generator()}
    value |= {"s": {1}, "q": deque([1]), "c": Counter("a"), "t": pandas.DataFrame({"n": [1, 2]})}
    value |= {"r": pandas.Series([1.0, 2.0]), "odd": pandas.DataFrame({math.nan: [math.nan], "name": [None]})}
    reader = decoder(encode(value, strided=True), strided=True)
    got = reader.value()
    assert got["x"].sum() == 3
    assert not reader.changed()
    alter(got)
    assert reader.changed()


@pytest.mark.parametrize("begun", [(), ("Index",), ("Index", "Series")])
def test_values_cross_while_another_thread_has_only_begun_to_import_pandas(begun, monkeypatch):
    """A handle is written, and a frame that is none is compared, before pandas has all of its names"""
    from autograder.checking.compare import difference

    half = type(sys)("pandas")
    for name in begun:
        setattr(half, name, getattr(pandas, name))
    monkeypatch.setitem(sys.modules, "pandas", half)
    assert encode((print, object())).count(b"h") >= 2
    assert difference(object, object) is None
