"""What an exception of Python or PyTorch means, in plain words, with what to look at next. Pure functions.

Each sentence says no more than the exception's own text does, so it is true wherever that text is raised; which of its
causes it was nobody can tell from here, so a second half names the common ones, or what would do instead.

One file, though a long one: a list to look up in, one entry after another.
"""

from __future__ import annotations

import re
from itertools import count
from typing import NamedTuple


class Meaning(NamedTuple):
    """A kind of exception: what its text is like, and what that says, with the groups of the pattern as slots."""

    pattern: str
    says: str


#: asked in this order; the first whose pattern begins the text is told
MEANINGS: tuple[Meaning, ...] = (
    # -- one truth value, one number
    Meaning(
        r"Boolean value of Tensor with more than one value is ambiguous|The truth value of an array",
        "`if`, `while`, `and`, `or` and `not` need one True or False, and here are several, one for each entry: "
        "`torch.where` chooses entry by entry, `.any()` and `.all()` make one of them",
    ),
    Meaning(
        r"Boolean value of Tensor with no values is ambiguous",
        "`if`, `while`, `and`, `or` and `not` need one True or False, and here is a tensor without any entry",
    ),
    Meaning(
        r"a Tensor with (\d+) elements cannot be converted to Scalar",
        "`.item()` needs a tensor of one entry, and this one has {0}: index it, or reduce it first",
    ),
    Meaning(
        r"only (?:one element tensors|length-1 arrays|0-dimensional arrays) can be converted to Python scalars",
        "one number is needed here, and a tensor of several stands there: index it, or reduce it first; "
        "functions of `math` take single numbers, those of `torch` whole tensors",
    ),
    Meaning(
        r"only integer tensors of a single element can be converted to an index",
        "one integer is needed here, as in `range`, a size or a list's brackets, and the tensor is none: "
        "`int(...)` or `.item()` makes one of a tensor with one entry",
    ),
    Meaning(
        r"grad can be implicitly created only for scalar outputs",
        "`backward()` begins at a single number, and here are several: take their mean or their sum first",
    ),
    # -- sizes that do not fit
    Meaning(
        r"The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension "
        r"(\d+)",
        "entry by entry, axis {2} (counted from 0) has size {0} on the left and {1} on the right, and neither is "
        "1; shapes are compared from the last axis on, and `keepdim=True` or `[:, None]` keeps an axis in its "
        "place",
    ),
    Meaning(
        r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
        "a matrix product needs as many columns on the left as rows on the right: here are {1} columns, of a "
        "shape ({0}, {1}), and {2} rows, of a shape ({2}, {3}); is one of them to be transposed or reshaped?",
    ),
    Meaning(
        r"size mismatch, got input \((\d+)\), mat \((\d+)x(\d+)\), vec \((\d+)\)",
        "a matrix of shape ({1}, {2}) is multiplied with a vector of {3} entries, and it takes one of {2}",
    ),
    Meaning(
        r"inconsistent tensor size, expected tensor \[(\d+)\] and src \[(\d+)\]",
        "the product of two vectors needs equal lengths, and these have {0} and {1} entries",
    ),
    Meaning(
        r"Expected size for first two dimensions of batch2 tensor to be: \[(\d+), (\d+)\] but got: \[(\d+), "
        r"(\d+)\]",
        "a product of batches of matrices needs as many columns on the left as rows on the right: on the right "
        "({0}, {1}) is needed for the first two axes, and they are ({2}, {3})",
    ),
    Meaning(
        r"1D tensors expected, but got (\d+)D and (\d+)D tensors|dot : .*1D",
        "`dot` takes two vectors, tensors of one axis each; for matrices there is `@`",
    ),
    Meaning(
        r"shape '\[(.*)\]' is invalid for input of size (\d+)",
        "the sizes ({0}) do not multiply to the {1} entries that there are: view and reshape keep every entry",
    ),
    Meaning(
        r"cannot reshape tensor of 0 elements into shape \[(.*)\] because the unspecified dimension size -1",
        "with no entries at all -1 could be any size: give the size of each axis, taken from the shapes that you "
        "know",
    ),
    Meaning(
        r"view size is not compatible with input tensor's size and stride",
        "the entries do not lie one after another in memory, as after transpose, permute or slicing, and `view` "
        "copies nothing: `reshape` copies where it must",
    ),
    Meaning(
        r"stack expects each tensor to be equal size, but got \[(.*?)\] at entry 0 and \[(.*?)\] at entry (\d+)",
        "`stack` needs tensors of one shape: number 0 has ({0}), number {2} has ({1})",
    ),
    Meaning(
        r"stack expects a non-empty TensorList",
        "`stack` was given a list without any tensor",
    ),
    Meaning(
        r"torch.cat\(\): expected a non-empty list of Tensors",
        "`cat` was given a list without any tensor",
    ),
    Meaning(
        r"Sizes of tensors must match except in dimension (\d+)\. Expected size (\d+) but got size (\d+)",
        "`cat` joins along axis {0}, and along every other axis the sizes must be equal: {1} and {2} stand there",
    ),
    Meaning(
        r"zero-dimensional tensor .*cannot be concatenated",
        "`cat` joins along an axis, and a single number has none: `stack` makes an axis of single numbers",
    ),
    Meaning(
        r"Tensors must have same number of dimensions: got (\d+) and (\d+)",
        "`cat` needs tensors with equally many axes, and these have {0} and {1}",
    ),
    Meaning(
        r"shape mismatch: value tensor of shape \[(.*?)\] cannot be broadcast to indexing result of shape "
        r"\[(.*?)\]",
        "what is assigned has the shape ({0}), and the place for it the shape ({1})",
    ),
    Meaning(
        r"The expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\) at non-singleton "
        r"dimension (\d+)",
        "along axis {2} size {1} cannot be spread to size {0}: what is put into a place must have its sizes, or 1",
    ),
    Meaning(
        r"expand\(.*\): the number of sizes provided",
        "what is put there has more axes than the place for it",
    ),
    Meaning(
        r"output with shape \[(.*?)\] doesn't match the broadcast shape \[(.*?)\]",
        "an operation in place, like `+=`, would have to change the shape of its left side from ({0}) to ({1}): "
        "write `a = a + b`, if the larger shape is meant",
    ),
    Meaning(
        r"shape mismatch: indexing tensors could not be broadcast together with shapes (.*)",
        "several tensors are used as indices together, and their shapes do not fit: {0}; `[:, None]` makes a "
        "column of one",
    ),
    Meaning(
        r"The shape of the mask \[(.*?)\] at index (\d+) does not match the shape of the indexed tensor \[(.*?)\]",
        "a mask of shape ({0}) picks from a tensor of shape ({2}): in brackets it is not broadcast, and must "
        "have the tensor's own sizes from the first axis on; `torch.where` and `masked_fill` broadcast",
    ),
    Meaning(
        r"expected sequence of length (\d+) at dim \d+ \(got (\d+)\)",
        "`torch.tensor` needs rows of one length, and here are some of {0} and of {1} entries",
    ),
    Meaning(
        r"operands could not be broadcast together with shapes (\(.*?\)) (\(.*?\))",
        "the shapes {0} and {1} do not fit entry by entry: from the last axis on, two sizes must be equal, or "
        "one of them 1",
    ),
    Meaning(
        r"Given groups=\d+, weight of size \[(.*?)\], expected input\[(.*?)\] to have (\d+) channels, but got "
        r"(\d+)",
        "this convolution's weights ({0}) take {2} channels, and what arrives, ({1}), has {3} along its channel "
        "axis",
    ),
    Meaning(
        r"Given normalized_shape=\[(.*?)\], expected input with shape",
        "this layer norm goes over last axes of the sizes ({0}), and what arrives has others",
    ),
    Meaning(
        r"permute\(.*\): number of dimensions in the tensor input does not match",
        "`permute` needs every axis once, and was given more or fewer than the tensor has",
    ),
    # -- axes and places
    Meaning(
        r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], but got (-?\d+)\)",
        "there is no axis {2} here: the tensor's axes are numbered from {0} to {1}; how many axes has it, and is "
        "one missing?",
    ),
    Meaning(
        r"too many indices for tensor of dimension (\d+)",
        "the brackets name more axes than the tensor has: it has {0}",
    ),
    Meaning(
        r"index (-?\d+) is out of bounds for (?:dimension|axis) (\d+) with size (\d+)",
        "place {0} was asked for along axis {1}, which has {2} places, counted from 0",
    ),
    Meaning(
        r"(list|tuple|string) (assignment )?index out of range",
        "a place was asked for behind the end of a `{0}`: places are counted from 0, so the last one is its "
        "length minus 1",
    ),
    Meaning(
        r"pop from (?:an )?empty list",
        "there is nothing left in the list to take out",
    ),
    Meaning(
        r"slice\(\) cannot be applied to a 0-dim tensor|invalid index of a 0-dim tensor",
        "a tensor without an axis, a single number, has no places to index; `.item()` gives the number",
    ),
    Meaning(
        r"iteration over a 0-d tensor|len\(\) of a 0-d tensor",
        "this is a single number, a tensor without an axis: there is nothing to count or to go through",
    ),
    Meaning(
        r"tensors used as indices must be long, int, byte or bool",
        "indices are integers or a mask of True and False, and here are numbers with a point: `.long()` makes "
        "integers",
    ),
    Meaning(
        r"slice indices must be integers",
        "a slice `[a:b]` needs integers, and here stands another number: `/` gives a float even where it divides "
        "evenly, `//` an integer",
    ),
    Meaning(
        r"(list|tuple) indices must be integers or slices, not (\w+)",
        "a value of type `{0}` is indexed by one integer, and here stands a value of type `{1}`; several indices "
        "and masks are for tensors",
    ),
    Meaning(
        r"only integers, slices \(`:`\), ellipsis",
        "indices are integers, slices or masks, and something else stands in these brackets, a float for example",
    ),
    Meaning(
        r"(max|min|argmax|argmin)\(\): Expected reduction dim (?:\d+ )?(?:to be specified|to have non-zero size)",
        "the {0} of no entries is asked for: an empty tensor has none, and needs an answer of its own",
    ),
    Meaning(
        r"(max|min)\(\) (?:arg is an empty sequence|iterable argument is empty)",
        "the {0} of nothing is asked for: an empty list has none, and needs an answer of its own",
    ),
    # -- dtypes
    Meaning(
        r"(?:expected (?:m1 and m2|mat1 and mat2) to have the same dtype, but got|mat1 and mat2 must have the "
        r"same dtype, but got): (\w+) (?:!=|and) (\w+)",
        "the two sides of a product have different dtypes, {0} and {1}: `.to(x.dtype)` brings one to the other's",
    ),
    Meaning(
        r"add(?:mv|mm) input tensors must have the same dtype|self and mat2 must have the same dtype",
        "the two sides of a product have different dtypes: `.to(x.dtype)` brings one to the other's",
    ),
    Meaning(
        r"expected target dtype to be Long|expected scalar type Long but found",
        "labels are integers of int64 here: `.long()` makes them, if they are numbers of classes",
    ),
    Meaning(
        r"0D or 1D target tensor expected, multi-target not supported",
        "the labels are one number for each example, of shape (N,), and here they have a second axis: "
        "`.squeeze(1)` or `[:, 0]` takes it away, and `.argmax(1)` makes numbers of one-hot rows",
    ),
    Meaning(
        r"\w+\(\): self \((\w+)\) and source \((\w+)\) must have the same scalar type",
        "what is added is {1}, the tensor that it goes into {0}: make that one with `dtype=`",
    ),
    Meaning(
        r"(?:Value after|zip\(\) argument after|\w+\(\) argument after) \* must be an iterable",
        "`*` takes several values apart, and one stands behind it",
    ),
    Meaning(
        r"bincount only supports 1-d non-negative integral inputs",
        "`bincount` counts integers of 0 or more in one axis: is one of these below 0, or no integer?",
    ),
    Meaning(
        r"gather\(\): Expected dtype int|scatter\w*\(\): Expected dtype int|Expected tensor for argument #1 "
        r"'indices' to have one of",
        "the indices are no integers of int64: `.long()` makes them",
    ),
    Meaning(
        r"too many dimensions 'str'",
        "a tensor holds numbers, and here are texts: give each of them a number first",
    ),
    Meaning(
        r"Target (-?\d+) is out of bounds",
        "the label {0} is not among the classes that there are scores for",
    ),
    Meaning(
        r"index out of range in self",
        "an id is not among the rows of the embedding: its ids are 0, …, size - 1",
    ),
    Meaning(
        r"Number of dimensions of repeat dims can not be smaller",
        "`repeat` needs a number for each axis",
    ),
    Meaning(
        r"split_with_sizes expects split_sizes to sum exactly to (\d+)",
        "the sizes of the parts must sum to {0}, the length of what is split",
    ),
    Meaning(
        r"std and var only support floating point",
        "standard deviation and variance are taken of floating-point numbers alone: `.float()` or `.to(...)` "
        "first",
    ),
    Meaning(
        r"\[Errno 2\] No such file or directory: (.*)",
        "there is no file {0} where this looks for it: is the path that of the argument, or one of your own "
        "machine?",
    ),
    Meaning(
        r"Given input with spatial size|Calculated padded input size per channel|Kernel size can't be greater",
        "the window is larger than the padded picture",
    ),
    Meaning(
        r"expected (?:scalar type )?(\w+) but (?:found|got) (\w+)|Expected (\w+) .*but got (\w+)$",
        "one dtype is needed here and another was given: `.to(...)`, `.float()` or `.long()` changes it",
    ),
    Meaning(
        r"mean\(\): could not infer output dtype\. .*Got: (\w+)",
        "the mean is taken of floating-point numbers alone, and these are {0}: `.float()` or `.to(...)` first",
    ),
    Meaning(
        r"result type (\w+) can't be cast to the desired output type (\w+)",
        "an operation in place would have to keep {0} numbers in a tensor of {1}: make a new tensor of it, or "
        "make the first one floating-point",
    ),
    Meaning(
        r"Index put requires the source and destination dtypes match, got (\w+) for the destination and (\w+)",
        "what is assigned is {1}, the tensor that it goes into {0}: make that one with `dtype=`, as "
        "`torch.zeros` alone is float32",
    ),
    Meaning(
        r"scatter\(\): Expected self\.dtype to be equal to src\.dtype|.*Expected self\.dtype to be equal",
        "what is added has another dtype than the tensor that it goes into: make that one with `dtype=`",
    ),
    Meaning(
        r"Subtraction, the `-` operator, with (?:two bool tensors|a bool tensor) is not supported",
        "`-` has no meaning for True and False: `~mask` turns them round, `mask.float()` makes numbers of them",
    ),
    Meaning(
        r"Negation, the `-` operator, on a bool tensor is not supported",
        "`-` has no meaning for True and False: `~mask` turns them round",
    ),
    Meaning(
        r"\x22?(\w+)\x22? not implemented for \'(\w+)\'",
        "PyTorch does not compute this for entries of type {1}: `.float()` makes floating-point numbers of "
        "integers and of True and False",
    ),
    Meaning(
        r"one_hot is only applicable to index tensor",
        "`one_hot` takes integers of int64: `.long()` makes them",
    ),
    Meaning(
        r"Class values must be (?:smaller than num_classes|non-negative)",
        "a label is not among 0, …, classes - 1",
    ),
    Meaning(
        r"Integers to negative integer powers are not allowed",
        "integers have no negative powers in torch: make one of the two floating-point",
    ),
    # -- gradients
    Meaning(
        r"element 0 of tensors does not require grad and does not have a grad_fn",
        "`backward` finds no way back: nothing that this was computed from has requires_grad, or the way was "
        "cut, as `.detach()`, `.item()`, `torch.tensor(...)` or `no_grad` do",
    ),
    Meaning(
        r"Trying to backward through the graph a second time",
        "what a `backward` has used up is used again: compute the loss anew before each, or `.detach()` what is "
        "kept from one step to the next",
    ),
    Meaning(
        r"a leaf Variable that requires grad is being used in an in-place operation",
        "a tensor that takes part in gradients from its start is changed in place, by `x[...] = `, `+=` or "
        "`_()`: make a new tensor, or, to update weights, do it under `torch.no_grad()`",
    ),
    Meaning(
        r"a view of a leaf Variable that requires grad is being used in an in-place operation",
        "a part of a tensor that takes part in gradients is changed in place: make a new tensor",
    ),
    Meaning(
        r"one of the variables needed for gradient computation has been modified by an inplace operation",
        "a tensor was changed in place after it was used, and the gradient needs what it was: make a new tensor "
        "instead",
    ),
    Meaning(
        r"Can't call numpy\(\) on Tensor that requires grad",
        "NumPy does not know gradients: stay in torch where one is needed, since after `.detach()` none would "
        "come through",
    ),
    Meaning(
        r"One of the differentiated Tensors appears to not have been used in the graph",
        "a gradient is asked for with respect to something that the result was not computed from",
    ),
    # -- attributes
    Meaning(
        r"cannot assign (?:module|parameter|parameters) before Module\.__init__\(\) call",
        "a part of the network is set before `super().__init__()` was called: that is the first line of its "
        "`__init__`",
    ),
    Meaning(
        r"'NoneType' object has no attribute '(\w+)'",
        "what stands before `.{0}` is None: an argument that was left out, a `.grad` before any `backward()`, or "
        "the answer of a function without `return`",
    ),
    Meaning(
        r"'tuple' object has no attribute '(\w+)'",
        "what stands before `.{0}` is a tuple, several values in one, as `max` with `dim` and a function with "
        "several answers give: take one of them, by `[0]` or `a, b = …`",
    ),
    Meaning(
        r"'(list|int|float|bool|str|dict|set)' object has no attribute '(\w+)'",
        "what stands before `.{1}` is a value of type `{0}`, which has none: was a tensor meant? "
        "`torch.tensor(...)` makes one of numbers, `torch.stack(...)` one of tensors",
    ),
    Meaning(
        r"module '(\w[\w.]*)' has no attribute '(\w+)'",
        "`{0}` has nothing of the name `{1}`: is it spelt as in the documentation, and does it belong to another "
        "module?",
    ),
    Meaning(
        r"'Tensor' object has no attribute '(\w+)'",
        "a tensor has nothing of the name `{0}`",
    ),
    Meaning(
        r"'torch\.return_types\.\w+' object has no attribute '(\w+)'",
        "with `dim`, `max`, `min`, `sort` and the like give a pair, values and indices: take `.values` or `[0]` "
        "of it",
    ),
    Meaning(
        r"'(\w+)' object has no attribute '_(?:parameters|buffers|modules|backward_hooks|backward_pre_hooks|"
        r"forward_hooks|forward_pre_hooks|non_persistent_buffers_set)'",
        "this `{0}` is not set up as a module: where its `__init__` is yours, `super().__init__()` is the first line "
        "of it",
    ),
    Meaning(
        r"'([\w.]+)' object has no attribute '(\w+)'",
        "this `{0}` has nothing of the name `{1}`: if the class is yours, does `__init__` set `self.{1}`, under "
        "this very name?",
    ),
    Meaning(
        r"can't set attribute|property '(\w+)' of '(\w+)' object has no setter",
        "this attribute can be read, not set",
    ),
    # -- operators and calls
    Meaning(
        r"(\w+)\(\): argument '(\w+)' (?:\(position \d+\) )?must be Tensor, not (\w+)",
        "`torch.{0}` takes a tensor, and was given a value of type `{2}`: `math` has functions for single "
        "numbers, `torch.as_tensor(...)` makes a tensor of one",
    ),
    Meaning(
        r"(\w+)\(\): argument '(\w+)' (?:\(position \d+\) )?must be tuple of Tensors, not (\w+)",
        "`torch.{0}` takes a list or tuple of tensors, and was given a value of type `{2}`",
    ),
    Meaning(
        r"expected Tensor as element (\d+) in argument 0, but got (\w+)",
        "this takes tensors, and number {0} is a value of type `{1}`: `torch.tensor(...)` makes one of a list of "
        "numbers",
    ),
    Meaning(
        r"unsupported operand type\(s\) for .+?: '(?:torch\.return_types\.(\w+)' and '[\w.]+|[\w.]+' and "
        r"'torch\.return_types\.(\w+))'",
        "with `dim`, `max`, `min`, `sort` and the like give a pair, values and indices: take `.values` or `[0]` "
        "of it",
    ),
    Meaning(
        r"unsupported operand type\(s\) for (.+?): '([\w.]+)' and '([\w.]+)'",
        "`{0}` has no meaning between a value of type `{1}` and a value of type `{2}`: which of the two should "
        "be something else?",
    ),
    Meaning(
        r"'(.{1,2})' not supported between instances of '([\w.]+)' and '([\w.]+)'",
        "`{0}` cannot compare a value of type `{1}` with a value of type `{2}`: which of the two should be "
        "something else?",
    ),
    Meaning(
        r"bad operand type for (unary [-+~]|abs\(\)): '(\w+)'",
        "{0} has no meaning for a value of type `{1}`: was a tensor meant?",
    ),
    Meaning(
        r'can only concatenate (\w+) \(not \"([\w.]+)\"\) to',
        "`+` with `{0}` on its left puts two of them one after another, and on its right stands a value of type "
        "`{1}`",
    ),
    Meaning(
        r"can't multiply sequence by non-int of type '([\w.]+)'",
        "`*` repeats a list or a text, and a value of type `{0}` is no number of times: was a tensor meant?",
    ),
    Meaning(
        r"'([\w.]+)' object is not callable",
        "round brackets follow a value of type `{0}`, as if it were a function: is an operator missing, are "
        "square brackets meant, or does a variable have the name of a function?",
    ),
    Meaning(
        r"'(?:builtin_function_or_method|method|function)' object is not subscriptable",
        "square brackets follow a function: call it first, with round ones, as in `x.size()[0]`",
    ),
    Meaning(
        r"'(\w+)' object is not subscriptable",
        "square brackets follow a value of type `{0}`, in which there is nothing to look up",
    ),
    Meaning(
        r"'(\w+)' object does not support item assignment",
        "the parts of a value of type `{0}` cannot be replaced",
    ),
    Meaning(
        r"'(\w+)' object is not iterable|cannot unpack non-iterable (\w+) object",
        "one value stands here where several are taken apart or gone through: a single number, None, or a "
        "function's one answer",
    ),
    Meaning(
        r"'(\w+)' object is not an iterator",
        "`next` needs an iterator, which `iter(...)` makes; a value of type `{0}` is none",
    ),
    Meaning(
        r"iter\(\) returned non-iterator of type '(\w+)'",
        "`__iter__` gave back a value of type `{0}`, and must give an iterator: `yield` the items, or `return "
        "iter(...)`",
    ),
    Meaning(
        r"object of type '(\w+)' has no len\(\)",
        "`len` of a value of type `{0}` is asked for, which has no length",
    ),
    Meaning(
        r"'Tensor' object cannot be interpreted as an integer|'(\w+)' object cannot be interpreted as an integer",
        "an integer is needed here, as in `range` or a size: `int(...)` makes one",
    ),
    Meaning(
        r"([\w.]+)\(\) missing \d+ required (?:positional |keyword-only )?arguments?: (.+)",
        "`{0}` was called without {1}",
    ),
    Meaning(
        r"([\w.]+)\(\) got an unexpected keyword argument '(\w+)'",
        "`{0}` has no parameter of the name `{1}`: compare what its definition says in brackets with the call",
    ),
    Meaning(
        r"([\w.]+)\(\) got multiple values for argument '(\w+)'",
        "`{0}` was given `{1}` twice, by its place and by its name; of a method the first place is `self`",
    ),
    Meaning(
        r"([\w.]+)\(\) takes (?:from \d+ to )?(\d+) positional arguments? but (\d+) (?:was|were) given",
        "`{0}` takes {1}, and was given {2}; an object's method is given the object first, as `self`",
    ),
    Meaning(
        r"(\w+)\(\) received an invalid combination of arguments|(\w+)\(\): argument '\w+' .*must be",
        "torch has this function, but not for arguments of these types: which of them is not what you take it "
        "for?",
    ),
    Meaning(
        r"unhashable type: '([\w.]+)'",
        "a value of type `{0}` can be no key of a dict and no element of a set; a tuple or a number can",
    ),
    Meaning(
        r"an integer is required|integer argument expected",
        "an integer is needed here, and this is none",
    ),
    # -- values
    Meaning(
        r"not enough values to unpack \(expected (?:at least )?(\d+), got (\d+)\)",
        "{0} names on the left of `=`, or in a `for`, take {1} values apart: how many axes or items are there?",
    ),
    Meaning(
        r"too many values to unpack \(expected (\d+)(?:, got \d+)?\)",
        "{0} names on the left of `=`, or in a `for`, are given more values than that: how many axes or items "
        "are there?",
    ),
    Meaning(
        r".* is not in list",
        "`index` looks for what the list does not hold: ask with `in` first, or keep a dict with `.get`",
    ),
    Meaning(
        r"could not convert string to float: (.*)|invalid literal for int\(\) with base 10: (.*)",
        "this text is no number: is it an empty cell, a heading, or a word?",
    ),
    Meaning(
        r"math domain error|expected a (?:positive|nonnegative) input",
        "the logarithm of 0 or less is asked for, or the root of a number below 0",
    ),
    Meaning(
        r"math range error|Numerical result out of range",
        "the number is too large for a float: write the formula so that no such number comes up on the way",
    ),
    Meaning(
        r".*(?:singular|not full rank|could not be completed because the input matrix)",
        "the matrix has no inverse: some of its columns depend on the others",
    ),
    Meaning(
        r"(?:float |integer )?(?:floor )?(?:division|modulo) by zero|(?:division|integer modulo) by zero|ZeroDivision",
        "something is divided by 0: how many are there, if there are none?",
    ),
    # -- what PyTorch does not take
    Meaning(
        r"step must be greater than zero",
        "torch has no slices that run backwards, such as `x[::-1]`: `x.flip(dim)` turns an axis round",
    ),
    Meaning(
        r"(?:mat1 and mat2 must have the same dtype, but got|dot : expected both vectors to have same dtype, but "
        r"found) (\w+) and (\w+)",
        "the two sides of the product have different dtypes, {0} and {1}: `.to(other.dtype)` makes one of the two",
    ),
    Meaning(
        r"Input type \((.*?)\) and (?:bias|weight) type \((.*?)\) should be the same",
        "the layer's numbers are of the type {1}, and what is put in is of the type {0}: `.float()`, or `.to(...)` "
        "with the layer's dtype, converts it",
    ),
    Meaning(
        r"where expected condition to be a boolean tensor, but got a tensor with dtype (\w+)",
        "the first argument of `torch.where` says yes or no for each entry, as `x > 0` does, and this one is of {0}",
    ),
    Meaning(
        r"masked_fill_? only supports boolean masks, but got mask with dtype (\w+)",
        "a mask says yes or no for each entry, as `x > 0` does, and this one is of {0}: `.bool()` makes one of it",
    ),
    Meaning(
        r"(?:masked_)?fill_? only supports (?:a )?0-dimension(?:al)? value tensor,? but got tensor with (\d+) "
        r"dimension",
        "one number is filled in, and a {0}-dimensional tensor was given for it: `torch.where` takes whole tensors",
    ),
    Meaning(
        r"~ \(operator\.invert\) is only implemented on integer and Boolean-type tensors",
        "`~` turns True and False round, and this tensor holds numbers with a point: compare first, as in `~(x > 0)`",
    ),
    Meaning(
        r"einsum\(\): subscript (\w) has size (\d+) for operand \d+ which does not broadcast with previously seen size "
        r"(\d+)",
        "the letter {0} stands for an axis of size {1} in one tensor and of size {2} in another: one letter is one "
        "size",
    ),
    Meaning(
        r"einsum\(\): (?:fewer|more) operands were provided than specified in the equation",
        "`einsum` needs one tensor for each group of letters before the arrow",
    ),
    Meaning(
        r"self must be a matrix|mat2 must be a matrix",
        "`mm` takes two matrices, tensors of two axes each: `@` takes vectors, matrices and batches of them",
    ),
    Meaning(
        r"batch[12] must be a 3D tensor",
        "`bmm` takes two tensors of three axes, batches of matrices: `@` takes vectors and matrices, too",
    ),
    Meaning(
        r"outer: Expected 1-D argument \w+, but got (\d+)-D",
        "`outer` takes two vectors, tensors of one axis each, and this one has {0}",
    ),
    Meaning(
        r"Index tensor must have the same number of dimensions as (?:input|self|src) tensor",
        "`gather` and `scatter` need an index with as many axes as the tensor: `index[:, None]` adds one, "
        "`.squeeze(1)` takes it away from what comes back",
    ),
    Meaning(
        r"index_select\(\): Index is supposed to be a vector",
        "`index_select` takes a vector of places",
    ),
    Meaning(
        r"selected index k out of range",
        "more of the largest entries are asked for than there are along that axis: take at most `x.shape[dim]`",
    ),
    Meaning(
        r"maximum size for tensor at dimension (\d+) is (\d+) but size is (\d+)",
        "windows of {2} entries are asked for along axis {0}, which has only {1}",
    ),
    Meaning(
        r"start \((\d+)\) \+ length \((\d+)\) exceeds dimension size \((\d+)\)",
        "{1} entries from place {0} on are asked for, and the axis has only {2}",
    ),
    Meaning(
        r"(?:tril|triu): input tensor must have at least 2 dimensions",
        "a triangle is cut out of a matrix, and a tensor with fewer than two axes was given: `torch.ones(n, n)` is a "
        "matrix",
    ),
    Meaning(
        r"linalg\.inv: A must be batches of square matrices, but they are (\d+) by (\d+) matrices",
        "only a square matrix has an inverse, and this one is {0} by {1}",
    ),
    Meaning(
        r"quantile\(\) input tensor must be either float or double dtype",
        "a quantile lies between the numbers, and these are integers: `.float()` or `.double()` first",
    ),
    Meaning(
        r"torch\.clamp: At least one of 'min' or 'max' must not be None",
        "`clamp` needs a bound: `min=...`, `max=...`, or both",
    ),
    Meaning(
        r"Could not infer dtype of NoneType",
        "a tensor is made of None: does a function give nothing back, for want of a `return`?",
    ),
    Meaning(
        r"expected np\.ndarray \(got (\w+)\)",
        "`from_numpy` takes a NumPy array, and a value of type `{0}` was given: `torch.tensor` takes lists and numbers",
    ),
    Meaning(
        r"new\(\): invalid data type 'str'",
        "a tensor holds numbers, and text was given: `float(...)` or `int(...)` makes a number of a text",
    ),
    Meaning(
        r"[Oo]nly Tensors of floating point (?:and complex )?dtype can require gradients",
        "integers have no gradient: `.float()`, or a number with a point such as `1.0`, makes a floating-point tensor",
    ),
    Meaning(
        r"One of the differentiated Tensors does not require grad",
        "the gradient is asked for with respect to a tensor that no graph follows: `requires_grad_()` before it is "
        "used",
    ),
    # -- layers and losses
    Meaning(
        r"Expected input batch_size \((\d+)\) to match target batch_size \((\d+)\)",
        "there are scores for {0} examples and labels for {1}: the first axis of both is the batch",
    ),
    Meaning(
        r"all elements of input should be between 0 and 1",
        "this loss takes probabilities, and there are numbers below 0 or above 1: logits go through a sigmoid first, "
        "or into the loss that takes logits",
    ),
    Meaning(
        r"Found dtype (\w+) but expected (\w+)",
        "a tensor of {0} stands where one of {1} is needed: `.float()`, or `.to(other.dtype)`, converts it",
    ),
    Meaning(
        r"(\w+) is not a Module subclass",
        "the parts of a network are layers, and a value of type `{0}` was given: `nn.Sequential` takes them one by "
        "one, `nn.Sequential(*layers)` takes a list of them",
    ),
    Meaning(
        r"ModuleList.extend should be called with an iterable, but got (\w+)",
        "`nn.ModuleList` takes a list of layers: `nn.ModuleList([...])`",
    ),
    Meaning(
        r'Module \[(\w+)\] is missing the required "forward" function',
        "`{0}` has no `forward`: is it misspelt, or indented so that it is not a part of the class?",
    ),
    Meaning(
        r"Expected more than 1 value per channel when training",
        "in training mode, batch normalisation takes mean and deviation of the batch, and of a single value there is "
        "no deviation",
    ),
    Meaning(
        r"expected (\d)D(?: or \dD)? input \(got (\d)D input\)",
        "the layer takes a tensor of {0} axes, and this one has {1}: is the axis of the batch, or of the channels, "
        "missing?",
    ),
    Meaning(
        r"Expected (\d)D \(unbatched\) or (\d)D \(batched\) input to conv\dd, but got input of size: \[(.*?)\]",
        "a convolution takes a tensor of {1} axes, examples and channels first, or of {0} without the examples; this "
        "one has the shape ({2})",
    ),
    Meaning(
        r"optimizer got an empty parameter list",
        "the optimizer was given no parameters: are the layers attributes of the network (`self.layer = ...`), and not "
        "kept in a plain list?",
    ),
    Meaning(
        r"dropout probability has to be between 0 and 1, but got (.*)",
        "p is the share that is dropped, from 0 to 1",
    ),
    Meaning(
        r"Padding length should be less than or equal to two times the input dimension but got padding length (\d+) "
        r"and input of dimension (\d+)",
        "`pad` takes two numbers for each axis, beginning at the last one: {0} numbers are too many for {1} axes",
    ),
    # -- Python's own
    Meaning(
        r"int\(\) argument must be .*, not 'NoneType'|float\(\) argument must be .*, not 'NoneType'",
        "a number is made of None: does a function give nothing back, for want of a `return`?",
    ),
    Meaning(
        r"sequence item (\d+): expected str instance, (\w+) found",
        "`join` puts texts together, and entry {0} is of type `{1}`: `str(...)` makes a text of it",
    ),
    Meaning(
        r"unsupported format string passed to (\w+)\.__format__",
        "a number can be written so, and a value of type `{0}` cannot: `.item()` makes a number of a tensor with one "
        "entry",
    ),
    Meaning(
        r"exceptions must derive from BaseException",
        "`raise` takes an exception, such as `ValueError(\"...\")`, and not a text alone",
    ),
    Meaning(
        r"type (\w+) doesn't define __round__ method",
        "`round(...)` takes a number, and a value of type `{0}` was given: `.round()` rounds every entry of a tensor",
    ),
    Meaning(
        r"Cannot choose from an empty sequence",
        "one of the entries of a list is to be drawn, and the list is empty",
    ),
    Meaning(
        r"No module named '([\w.]+)'",
        "Python finds no module of the name `{0}`: is it misspelt, or a package that is not installed here?",
    ),
    Meaning(
        r"cannot import name '(\w+)' from '([\w.]+)'",
        "`{1}` has nothing of the name `{0}`: is it misspelt?",
    ),
    Meaning(
        r"maximum recursion depth exceeded",
        "a function calls itself without an end: which case does it answer without that?",
    ),
    Meaning(
        r"name '(\w+)' is not defined",
        "nothing of the name `{0}` is known in this file: is it misspelt, or is an `import` missing?",
    ),
    Meaning(
        r"cannot access local variable '(\w+)'|local variable '(\w+)' referenced before assignment",
        "a variable is used in a function before anything was assigned to it there: on this way through its `if` "
        "or `for` nothing was",
    ),
)  # fmt: skip
#: the text of a KeyError is the key alone
OF_A_KEY = "the dict has no such key: `key in d` asks, `d.get(key, other)` has an answer for a missing one"
_COMPILED = tuple((re.compile(one.pattern, re.DOTALL), one.says) for one in MEANINGS)


def sentences() -> list[str]:
    """List everything that is said, its slots numbered as they come."""
    return [_in_order(says) for says in dict.fromkeys((OF_A_KEY, *(one.says for one in MEANINGS)))]


def _in_order(says: str) -> str:
    number = count()
    return re.sub(r"\{\d\}", lambda _: f"{{{next(number)}}}", says)


def meaning(kind: str, text: str) -> str:
    """Return what an exception says in plain words, "" where nothing is known of it.

    Args:
        kind: the name of its type.
        text: its own text.
    """
    if kind == "KeyError":
        return OF_A_KEY
    for pattern, says in _COMPILED:
        found = pattern.match(text)
        if found:
            return says.format(*((group or "").replace(" or pow()", "") for group in found.groups()))
    return ""
