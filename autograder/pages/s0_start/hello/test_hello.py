"""The first page: a tensor, a seed, a device."""

import random

import numpy as np
import torch

from autograder.checking import assert_same, points, require


def asked_again(hello_tensor, n):
    """Over there: the second answer, once the first one has been written into."""
    hello_tensor(n).zero_()
    return hello_tensor(n)


@points(1)
def test_hello_tensor(student):
    """hello_tensor(n) holds 0, 1, ..., n-1 as float32"""
    for n in (3, 1, 7, 0, 100, 5000):
        assert_same(student.hello_tensor(n), torch.arange(n, dtype=torch.float32), rtol=0, atol=0)
    answer = over_there(student, asked_again, 4, of="hello_tensor")
    assert_same(
        answer, torch.arange(4.0), about="in the second call, once the first answer has been changed", claims=True
    )


def draws_after(seed_everything, seeds):
    """Over there: what Python, NumPy and PyTorch draw after each of these seeds."""
    import random

    found = []
    for seed in seeds:
        seed_everything(seed)
        python = torch.tensor([random.random() for _ in range(3)])
        found.append({"Python": python, "NumPy": torch.from_numpy(np.random.rand(3)), "PyTorch": torch.rand(3)})
    return found


def drawn_after(seed):
    """What each library draws after its own function was given this seed, worked out here."""
    python, pytorch = random.Random(seed), torch.Generator().manual_seed(seed)
    return {
        "Python": torch.tensor([python.random() for _ in range(3)]),
        "NumPy": torch.from_numpy(np.random.RandomState(seed).rand(3)),
        "PyTorch": torch.rand(3, generator=pytorch),
    }


def generator_after(seed_everything, seed):
    """Over there: what the generator draws that comes back, and what the global one draws before and after it."""
    generator = seed_everything(seed)
    before = torch.rand(2)
    drawn = torch.rand(4, generator=generator)
    return drawn, torch.cat([before, torch.rand(2)])


def first_after_second(seed_everything, a, b):
    """Over there: what the generator of one seed draws once that of another seed is there too."""
    one, _ = seed_everything(a), seed_everything(b)
    return torch.rand(4, generator=one)


def over_there(student, what, *args, of="seed_everything"):
    """Run a function of ours beside one of the student's: their random state is not ours."""
    function = getattr(student, of)  # looked up first: what follows is recorded under its name
    return student.prop(what)(function, *args)


@points(1)
def test_same_seed(student):
    """after the same seed Python, NumPy and PyTorch all draw the same numbers again, those that belong to the seed"""
    for seed in (0, 7, 2**32 - 1, int(torch.randint(1000, 10**6, ()))):
        once, _, again = over_there(student, draws_after, [seed, 1234, seed])
        for library, drawn in again.items():
            assert_same(drawn, once[library], about=f"what {library} draws after seed {seed} for the second time")
        for library, expected in drawn_after(seed).items():
            assert_same(once[library], expected, about=f"what {library} draws after seed {seed}")


@points(1)
def test_other_seed(student):
    """another seed gives other numbers, in all three libraries"""
    for a, b in ((3, 4), (0, 1)):
        one, two = over_there(student, draws_after, [a, b])
        for library, drawn in two.items():
            same = torch.equal(drawn, one[library])
            require(not same, f"{library} draws the same after seed {a} and seed {b}", drawn)
            assert_same(drawn, drawn_after(b)[library], about=f"what {library} draws after seed {b}")


@points(1)
def test_generator(student):
    """what comes back is a torch.Generator with that seed"""
    for seed in (5, 11, 0, 2**32 - 1, int(torch.randint(1000, 10**6, ()))):
        result = student.seed_everything(seed)
        require(isinstance(result, torch.Generator), "a torch.Generator must come back", result)
        expected = torch.rand(4, generator=torch.Generator().manual_seed(seed))
        drawn, beside = over_there(student, generator_after, seed)
        assert_same(drawn, expected, about="what the generator draws, after two draws of the global one")
        pytorch = torch.Generator().manual_seed(seed)
        around = torch.cat([torch.rand(2, generator=pytorch), torch.rand(2, generator=pytorch)])
        assert_same(beside, around, about="what PyTorch draws before and after the generator has drawn")
    expected = torch.rand(4, generator=torch.Generator().manual_seed(5))
    drawn = over_there(student, first_after_second, 5, 6)
    assert_same(drawn, expected, about="what the generator of seed 5 draws once that of seed 6 is there too")


def devices():
    """Over there: the kinds of device that this machine has, best first."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return [kind for kind, present in there.items() if present]


@points(1)
def test_pick_device(student):
    """it picks the preferred device if there is one, else the first of cuda, mps, cpu that there is"""
    # what is not here is not there either; only where there is a card, theirs is asked whether it is let in
    present = devices() if devices() == ["cpu"] else student.prop(devices)()
    wishes = (None, "cpu", "cuda", "mps", "cuda:0", torch.device("cpu"), torch.device("cuda"))
    wishes += ("cpu:0", torch.device("cpu", 0), torch.device("cuda", 1), "mps:0")
    wishes += () if torch.xpu.is_available() else ("xpu",)  # a kind that the list does not name is not here either
    for prefer in wishes:
        device = student.pick_device() if prefer is None else student.pick_device(prefer)
        require(isinstance(device, torch.device), "a torch.device must come back", device)
        wish = prefer and torch.device(prefer).type
        expected = wish if wish in present else present[0]
        require(
            device.type == expected, f"a {expected} device was expected on this machine", device, torch.device(expected)
        )
