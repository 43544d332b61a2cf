"""What a check forbids is refused by whatever way it is reached, and is back for the next check."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from autograder.sandbox.host.problem import StudentProblem
from autograder.sandbox.wire.problems import RemoteError
from autograder.sandbox.worker.fence import Fence

SOFTMAX = ("aten._softmax.default",)

WAYS = {
    "the function": "torch.softmax(x, 0)",
    "the method": "x.softmax(0)",
    "functional": "torch.nn.functional.softmax(x, 0)",
    "a module": "torch.nn.Softmax(0)(x)",
    "special": "torch.special.softmax(x, 0)",
    "getattr": "getattr(torch, 'soft' + 'max')(x, 0)",
    "vars": "vars(torch)['soft' + 'max'](x, 0)",
    "the operator": "torch.ops.aten._softmax(x, 0, False)",
    "the overload": "torch.ops.aten._softmax.default(x, 0, False)",
    "torchscript's operator": "torch._C._jit_get_operation('aten::softmax')[0](x, 0, None)",
    "a kept reference": "KEPT(x, 0)",
    "with gradients": "torch.softmax(x.clone().requires_grad_(), 0)",
    "vmap": "torch.func.vmap(lambda row: torch.softmax(row, 0))(x)",
    "without modes": "no_modes(lambda: torch.softmax(x, 0))",
    "a thread": "in_thread(lambda: torch.softmax(x, 0))",
    "attention": "torch.nn.functional.scaled_dot_product_attention(x[None], x[None], torch.eye(3)[None])",
    "safe": "torch.ops.aten._safe_softmax(x, 0)",
    "for sparse tensors": "torch.sparse.softmax(x.to_sparse(), 0).to_dense()",
    "for nested tensors": "torch.nested.nested_tensor([x]).softmax(-1).unbind()[0]",
    "for quantized tensors": "torch.ops.quantized.softmax("
    "torch.quantize_per_tensor(x, 0.1, 0, torch.quint8), 1, 1 / 256, 0).dequantize()",
    "in half precision": "x.half().softmax(0)",
    "of masked tensors": "torch.masked.softmax(x, 0)",
    "traced": "torch.jit.trace(lambda y: torch.softmax(y, 0), x)(x)",
    "its definition in Python": "torch._refs.softmax(x, 0)",
    "its decomposition": "torch._decomp.decompositions._softmax(x, 0, False)",
    "the table of decompositions": "torch._decomp.decomposition_table[torch.ops.aten._softmax.default](x, 0, False)",
    "forward mode": "torch.func.jvp(lambda y: y.softmax(0), (x,), (x,))[0]",
    "a distribution": "torch.distributions.utils.logits_to_probs(x)",
    "in place": "torch.ops.aten._softmax.out(x, 0, False, out=torch.empty_like(x))",
}

SOURCE = """
import threading
from importlib import import_module
import torch
import torch._decomp, torch._refs, torch.masked, torch.sparse, torch.nested
from torch.utils._python_dispatch import _disable_current_modes

KEPT = torch.softmax

def no_modes(f):
    with _disable_current_modes():
        return f()

def in_thread(f):
    found = []
    def run():
        try: found.append(f())
        except BaseException as error: found.append(error)
    thread = threading.Thread(target=run)
    thread.start(); thread.join()
    if isinstance(found[0], BaseException): raise found[0]
    return found[0]

def by(way, x):
    return eval(way, {**globals(), "x": x})
"""


@pytest.fixture(scope="module")
def student(plain_template):
    """A worker that reaches softmax in any way it is told."""
    from autograder.sandbox.host.base import Limits
    from autograder.sandbox.host.student import Student

    made = Student(plain_template, Limits())
    assert made.load_source("softmax", SOURCE) == []
    yield made
    made.close()


@pytest.mark.parametrize("way", WAYS)
def test_every_way_is_refused_and_open_again(student, way):
    """while the check runs it raises at the line that called; the next check has its torch back"""
    x = torch.randn(3, 3)
    student.begin(1, 20, SOFTMAX)
    with pytest.raises(StudentProblem, match="write it yourself") as raised:
        student.by(WAYS[way], x)
    assert raised.value.status == "forbidden"
    student.begin(1, 20)
    assert student.by(WAYS[way], x) is not None


@pytest.fixture(scope="module")
def fenced(plain_template):
    """A worker that was fenced in for good before it read the source, which looks for a way out."""
    from autograder.sandbox.host.base import Limits
    from autograder.sandbox.host.student import Student

    made = Student(plain_template, Limits())
    made.service("fence", SOFTMAX)
    assert made.load_source("softmax", SOURCE + BREAKS_OUT) == []
    yield made
    made.close()


BREAKS_OUT = """
import gc, sys, weakref
for thing in gc.get_objects():
    try:
        if type(thing).__name__ == "Fence": thing.close()
        if type(thing).__name__ == "Worker": thing._lift_fence()
        if type(thing).__name__ in ("Library", "DispatchModule"): getattr(thing, "m", thing).reset()
    except Exception: pass
for key in list(weakref.finalize._registry):
    if getattr(weakref.finalize._registry[key].func, "__name__", "") == "_del_library": key()

def start():
    import subprocess
    return subprocess.run([sys.executable, "-c", ""]).returncode

def system():
    import os
    return os.system("true")

def scipy():
    import scipy.special
    return 1
"""


@pytest.mark.parametrize("way", WAYS)
def test_there_is_no_way_out(fenced, way):
    """nothing that the source does takes the fence down, and the next check is fenced as well"""
    fenced.begin(1, 20)
    with pytest.raises(StudentProblem, match="write it yourself"):
        fenced.by(WAYS[way], torch.randn(3, 3))


@pytest.mark.parametrize("name", ["start", "system", "scipy"])
def test_nothing_else_computes_it(fenced, name):
    """no other program can be begun, whose torch has no fence, and no other library is lent"""
    fenced.begin(1, 20)
    with pytest.raises(StudentProblem, match="write it yourself") as raised:
        getattr(fenced, name)()
    assert raised.value.status == "forbidden"


OTHERS = {
    "an optimizer": ("torch.optim.SGD", "torch.optim.SGD([x.requires_grad_()], lr=0.1)"),
    "its functional form": (
        "torch.optim.SGD", "import_module('torch.optim.sgd').sgd([x], [x.clone()], [None], lr=0.1, momentum=0.0, "
        "weight_decay=0.0, dampening=0.0, nesterov=False, maximize=False)",
    ),
    "its fused kernel": ("aten._fused_sgd_.default", "torch.ops.aten._fused_sgd_([x], [x], [], weight_decay=0.0, "
                         "momentum=0.0, lr=0.1, dampening=0.0, nesterov=False, maximize=False, is_first_step=True)"),
    "clipping": ("torch.nn.utils.clip_grad_norm_", "torch.nn.utils.clip_grad_norm_([x], 1.0)"),
    "clipping, where it is written": ("torch.nn.utils.clip_grad_norm_",
                                      "torch.nn.utils.clip_grad.clip_grad_norm_([x], 1.0)"),
    "batch norm": ("aten.native_batch_norm.default", "torch.nn.BatchNorm1d(3)(x)"),
    "instance norm": ("aten.native_batch_norm.default", "torch.nn.functional.instance_norm(x[None])"),
    "dropout": ("aten.native_dropout.default", "torch.nn.Dropout()(x)"),
    "dropout of channels": ("aten.native_dropout.default", "torch.nn.functional.dropout1d(x)"),
    "a linear layer": ("aten.linear.default", "torch.nn.Linear(3, 2)(x)"),
    "a linear layer with gradients": ("aten.linear.default", "torch.nn.functional.linear(x.requires_grad_(), x)"),
    "addmm": ("aten.mm.default", "torch.addmm(x, x, x)"),
    "sparse mm": ("aten.mm.default", "torch.sparse.mm(x.to_sparse(), x)"),
    "oneDNN's relu": ("aten.relu.default", "torch.relu(x.to_mkldnn()).to_dense()"),
    "sigmoid by softplus": ("aten.sigmoid.default", "torch.ops.aten.softplus_backward(torch.ones(3, 3), x, 1, 20)"),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_other_families(student, kind):
    """what a page may forbid beside softmax is refused, its relatives too, and is back for the next check"""
    operator, way = OTHERS[kind]
    student.begin(1, 20)
    student.by(way, torch.randn(3, 3))
    student.begin(1, 20, (operator,))
    with pytest.raises((StudentProblem, RemoteError), match=r"write it yourself|INTERNAL ASSERT"):
        student.by(way, torch.randn(3, 3))
    student.begin(1, 20)
    student.by(way, torch.randn(3, 3))


def test_what_is_written_by_hand_works_behind_it(fenced):
    """arithmetic is untouched there, with gradients"""
    fenced.begin(1, 20)
    x = torch.randn(3, 3)
    assert torch.allclose(fenced.by("x.exp() / x.exp().sum(0)", x), torch.softmax(x, 0))


def test_what_is_not_forbidden_works(student):
    """arithmetic, gradients and other functions are untouched"""
    student.begin(1, 20, SOFTMAX)
    x = torch.randn(3, 3)
    assert torch.allclose(student.by("x.exp() / x.exp().sum(0)", x), torch.softmax(x, 0))
    assert torch.allclose(student.by("torch.log_softmax(x, 0)", x), torch.log_softmax(x, 0))


#: what is asked of the search, with the values that a right answer has
TARGETS = {
    "_softmax": lambda x: torch.softmax(x, 1),
    "_log_softmax": lambda x: torch.log_softmax(x, 1),
    "logsumexp": lambda x: torch.logsumexp(x, 1),
    "elu": torch.nn.functional.elu,
    "gelu": torch.nn.functional.gelu,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "silu": torch.nn.functional.silu,
    "softplus": torch.nn.functional.softplus,
    "tanh": torch.tanh,
    "cumsum": lambda x: x.cumsum(1),
    "triu": torch.triu,
}
#: operators that are arithmetic: whoever uses them has written it
ARITHMETIC = ("clamp", "clamp_min", "clamp_max")
#: kernels that end the process when they are called with anything
FRAGILE = (
    "batch_norm", "instance_norm", "convolution", "resize", "set_", "cuda", "cudnn", "miopen", "mkldnn",
    "record_stream",
    "nested", "sparse", "quant", "vulkan", "lstm", "gru", "rnn", "random", "bernoulli", "dropout", "unsafe",
    "pin_", "storage", "narrow_copy", "col2im", "im2col",
)  # fmt: skip


def same_answers(x: torch.Tensor) -> dict[str, set[str]]:
    """For each target the operators of one tensor whose answer, or its last column, is the target's."""
    found: dict[str, set[str]] = {}
    for name in dir(torch.ops.aten):
        hidden = name.startswith("_") and "softmax" not in name and "logsumexp" not in name
        packet = getattr(torch.ops.aten, name)
        if hidden or any(part in name for part in FRAGILE) or not hasattr(packet, "overloads"):
            continue
        for overload in packet.overloads():
            arguments = filled(getattr(packet, overload)._schema, x)
            if arguments is None:
                continue
            try:
                out = getattr(packet, overload)(*arguments[0], **arguments[1])
            except Exception:
                continue
            for part in out if isinstance(out, (tuple, list)) else [out]:
                for target, values in TARGETS.items():
                    if agrees(part, values(x)):
                        found.setdefault(target, set()).add(name.removesuffix("_"))
    return found


def filled(schema, x):
    """(args, kwargs) for an operator of one tensor, None for others."""
    args, kwargs, tensors = [], {}, 0
    for argument in schema.arguments:
        kind = str(argument.type)
        if argument.is_out:
            return None
        if kind == "Tensor":
            tensors += 1
            args.append(x.clone())
        elif not argument.has_default_value():
            known = {"int": 1, "bool": False, "List[int]": [1], "number": 0, "float": 0.0}
            if kind not in known and not kind.startswith("Optional"):
                return None
            value = known.get(kind)
            kwargs.update({argument.name: value}) if argument.kwarg_only else args.append(value)
    return (args, kwargs) if tensors == 1 else None


def agrees(part, wanted) -> bool:
    """Is it the wanted tensor, whole or in its last column?"""
    if not isinstance(part, torch.Tensor) or part.dtype != wanted.dtype:
        return False
    several = [part, part[:, -1]] if part.dim() == 2 else [part]
    return any(one.shape == wanted.shape and torch.allclose(one, wanted, atol=1e-6) for one in several)


def search() -> None:
    """Print what the search finds with every target behind the fence, which should be nothing."""
    x = torch.linspace(-2.0, 2.5, 12).reshape(3, 4).flip(1).sin() * 2
    before = same_answers(x)
    missed = {}
    for target in TARGETS:
        fence = Fence((f"aten.{target}.default",))
        try:
            for name in before.get(target, set()) - set(ARITHMETIC):
                try:
                    answered = works(name, x)
                except PermissionError:
                    continue
                if answered:
                    missed.setdefault(target, set()).add(name)
        finally:
            fence.close()
    print(sorted(before), missed)


def works(name, x) -> bool:
    """Does any overload still answer?"""
    packet = getattr(torch.ops.aten, name)
    for overload in packet.overloads():
        arguments = filled(getattr(packet, overload)._schema, x)
        if arguments is not None:
            getattr(packet, overload)(*arguments[0], **arguments[1])
    return True


def test_no_operator_of_torch_gives_the_same_answer():
    """every operator of one tensor that answers like a forbidden one is refused with it, arithmetic aside"""
    run = "import torch; torch.set_num_threads(1)\nfrom tests.sandbox.test_fence import search\nsearch()"
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().endswith(" {}"), done.stdout
    assert all(target in done.stdout for target in TARGETS)
