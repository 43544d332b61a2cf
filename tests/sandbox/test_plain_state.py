# ruff: noqa: E501
"""Student code meets what plain Python has, when it is loaded and at each check, whatever earlier code left turned."""

from __future__ import annotations

import pytest
import torch

#: what a program can see of its process, as text
SEEN = """
import builtins, decimal, gc, locale, logging, os, random, signal, sys, threading, warnings
import numpy as np
import torch
from torch.autograd import forward_ad

HOME = os.environ["HOME"]

def seen():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    with warnings.catch_warnings(record=True) as noted:
        warnings.warn("hm")
    mask = os.umask(0); os.umask(mask)
    timers = [signal.getitimer(t) > (0, 0) for t in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)]
    handlers = [str(signal.getsignal(s)) for s in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM, signal.SIGFPE)]
    module = torch.nn.Linear(1, 1)
    with torch.no_grad():
        called = module(torch.ones(1, 1)).shape
    print("said")
    return {
        "gradient": y.requires_grad and torch.autograd.grad(y, x)[0].tolist(), "grad mode": torch.is_grad_enabled(),
        "inference": torch.is_inference_mode_enabled(), "tensor": str((torch.ones(2).dtype, torch.ones(2).device)),
        "device": str(torch.get_default_device()), "matmul": str((torch.ones(2, 2) @ torch.ones(2, 2)).dtype),
        "threads": torch.get_num_threads(), "draws": (torch.rand(2).tolist(), np.random.rand(), random.random()),
        "deterministic": (torch.are_deterministic_algorithms_enabled(), torch.is_anomaly_enabled()),
        "precision": torch.get_float32_matmul_precision(), "level": forward_ad._current_level,
        "text": f"{torch.tensor([1 / 3])} {np.array([1 / 3])} {locale.setlocale(locale.LC_ALL)} {decimal.Decimal(1) / 3}",
        "numpy": str(np.geterr()), "warned": len(noted), "called": str(called), "umask": mask, "timers": str(timers),
        "handlers": str(handlers), "recursion": sys.getrecursionlimit(), "gc": str((gc.isenabled(), gc.get_threshold())),
        "trace": str((sys.gettrace(), sys.getprofile(), threading.gettrace())), "log": logging.root.manager.disable,
        "place": os.path.realpath(os.getcwd()) == os.path.realpath(os.environ["HOME"]), "path": str(sys.path).replace(HOME, "~"),
        "environment": str(sorted(os.environ.items())).replace(HOME, "~"), "names": str(sorted(vars(builtins))), "sum": sum([1, 2]),
        "out": type(sys.stdout).__name__, "finders": str([type(f).__name__ for f in sys.meta_path]),
        "masked": str(signal.pthread_sigmask(signal.SIG_BLOCK, ())), "digits": sys.get_int_max_str_digits(),
    }
"""

LEFT = {
    "gradients off": "torch.set_grad_enabled(False)",
    "gradients off, entered": "torch.no_grad().__enter__()",
    "inference mode": "global keep; keep = torch.inference_mode(); keep.__enter__()",
    "default dtype": "torch.set_default_dtype(torch.float64)",
    "default tensor type": "torch.set_default_tensor_type(torch.DoubleTensor)",
    "default device meta": "torch.set_default_device('meta')",
    "default device cuda": "torch.set_default_device('cuda')",
    "a device entered": "torch.device('meta').__enter__()",
    "a function mode": """
from torch.overrides import TorchFunctionMode
class Mode(TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None): raise RuntimeError('left on')
Mode().__enter__()""",
    "a dispatch mode": """
from torch.utils._python_dispatch import TorchDispatchMode
class Mode(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None): raise RuntimeError('left on')
Mode().__enter__()""",
    "fake tensors": "from torch._subclasses.fake_tensor import FakeTensorMode; FakeTensorMode().__enter__()",
    "autocast": "torch.autocast('cpu', dtype=torch.bfloat16).__enter__()",
    "anomaly": "torch.autograd.set_detect_anomaly(True)",
    "deterministic": "torch.use_deterministic_algorithms(True)",
    "matmul precision": "torch.set_float32_matmul_precision('medium')",
    "forward mode": "forward_ad.enter_dual_level()",
    "saved tensors": "torch.autograd.graph.saved_tensors_hooks(lambda t: 1 / 0, lambda t: t).__enter__()",
    "module hooks": "torch.nn.modules.module.register_module_forward_hook(lambda *a: 1 / 0)",
    "print options": "torch.set_printoptions(precision=2, sci_mode=True); np.set_printoptions(precision=1)",
    "threads": "torch.set_num_threads(2)",
    "seeds": "torch.manual_seed(1); np.random.seed(1); random.seed(1)",
    "numpy errors": "np.seterr(all='raise')",
    "warnings": "warnings.simplefilter('error')",
    "warnings, own list": "warnings.filters = []; warnings.showwarning = lambda *a: 1 / 0",
    "recursion": "sys.setrecursionlimit(60)",
    "an alarm": "signal.signal(signal.SIGALRM, lambda *a: 1 / 0); signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)",
    "an alarm, unhandled": "signal.alarm(1); signal.setitimer(signal.ITIMER_VIRTUAL, 0.5)",
    "handlers": "signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, print)",
    "blocked": "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])",
    "collector": "gc.disable(); gc.set_threshold(1, 1, 1); gc.callbacks.append(print)",
    "folder": "os.makedirs('sub', exist_ok=True); os.chdir('sub')",
    "folder, removed": "os.makedirs('gone', exist_ok=True); os.chdir('gone'); os.rmdir('../gone')",
    "environment": "os.environ['HOME'] = '/'; os.environ['NEW'] = '1'; del os.environ['TMPDIR']",
    "paths": "sys.path.insert(0, '/nowhere'); sys.path.append('x')",
    "no paths": "sys.path = []; sys.meta_path = []",
    "streams": "import io; sys.stdout = sys.stderr = io.BytesIO()",
    "builtins": "builtins.sum = lambda values: 7; builtins.new = 1",
    "umask": "os.umask(0o777)",
    "decimal": "decimal.getcontext().prec = 3",
    "logging": "logging.disable(logging.CRITICAL); logging.basicConfig(level=10)",
    "tracing": "sys.settrace(lambda *a: None); sys.setprofile(lambda *a: None); threading.settrace(print)",
    "digits": "sys.set_int_max_str_digits(700)",
    "hooks": "sys.excepthook = sys.displayhook = print",
}


def indented(lines: str) -> str:
    return "\n".join("    " + line for line in lines.strip().splitlines())


@pytest.fixture(scope="module")
def fresh(plain_template) -> dict:
    """What a worker of its own sees in a check."""
    from autograder.sandbox.host.base import Limits
    from autograder.sandbox.host.student import Student

    there = Student(plain_template, Limits())
    there.load_source("page", SEEN)
    there.begin(5, 20)
    found = there.seen()
    there.close()
    return found


@pytest.mark.parametrize("left", LEFT)
def test_what_a_call_leaves_is_gone_with_the_next_check(student, fresh, left):
    """and so is what the source itself leaves: the next check sees what it would in a process of its own"""
    there = student(SEEN + "def leave():\n" + indented(LEFT[left]))
    there.leave()
    there.begin(5, 20)
    assert there.seen() == fresh


@pytest.mark.parametrize("left", LEFT)
def test_what_the_source_leaves_is_gone_with_the_first_check(student, fresh, left):
    """functions above and below are called as in a process of its own"""
    there = student(SEEN + LEFT[left].replace("global keep; ", ""))
    there.begin(5, 20)
    assert there.seen() == fresh


@pytest.mark.parametrize("left", ["default device meta", "a device entered", "a function mode", "a dispatch mode",
                                  "fake tensors", "inference mode", "gradients off", "default dtype"])  # fmt: skip
def test_values_cross_whatever_mode_a_call_leaves(student, left):
    """what is on in the student's code is off while values are read and written; within the check it is on again"""
    there = student(SEEN + "def leave(x):\n" + indented(LEFT[left]) + "\n    return x\ndef same(x): return x")
    x = torch.tensor([1.0, 2.0])
    assert torch.equal(there.leave(x), x)
    assert torch.equal(there.same(x), x)
    assert there.same(x).device.type == "cpu"


def test_a_generator_may_yield_inside_a_mode(student):
    """the mode is its own from turn to turn, and it leaves it in order"""
    there = student("""
import torch
def batches(f):
    with torch.device("meta"), torch.inference_mode():
        for i in range(3):
            yield str(torch.ones(2).device), torch.is_inference_mode_enabled(), f(torch.full((2,), 1.0 * i, device="cpu"))
""")
    got = list(there.batches(lambda x: x + 1))
    assert [g[:2] for g in got] == [("meta", True)] * 3
    assert [g[2].tolist() for g in got] == [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]


def test_a_source_is_loaded_with_gradients(student):
    """what stands at module level runs as under plain Python: gradients, float32, on the cpu"""
    there = student("""
import torch
w = torch.ones(3, requires_grad=True)
(w * w).sum().backward()
made = torch.nn.Linear(2, 1)(torch.ones(1, 2)).requires_grad, torch.is_grad_enabled(), str(torch.ones(1).dtype)
def grad(): return w.grad, made
""")
    gradient, made = there.grad()
    assert gradient.tolist() == [2.0, 2.0, 2.0]
    assert made == (True, True, "torch.float32")
