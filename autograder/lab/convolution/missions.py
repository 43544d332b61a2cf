"""The missions of the convolution playground: what to do, what to expect first, and what it shows afterwards.

The page recognises by itself that one is done (``static/missions.js`` has a function of the same name for each).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mission:
    """One mission: `expect` is asked before, `explain` is told when it is done."""

    title: str
    task: str
    expect: str
    explain: str


MISSIONS = {
    "vertical": Mission(
        "Find vertical edges",
        "Write a 3 × 3 kernel, none of the ready-made ones, that answers to a vertical edge and gives 0 on a "
        "horizontal one and on a plain surface.",
        "What must the entries of each row of the kernel sum to?",
        "Every row sums to 0, so what does not change along a row gives 0. A difference along the row is left: "
        "the derivative of the picture from left to right.",
    ),
    "blur": Mission(
        "Blur, and keep the light",
        "Blur the picture with a kernel of your own, 3 × 3 or more, so that a plain surface keeps its brightness.",
        "What happens to the brightness if the entries sum to 2?",
        "On a plain surface every product has the same pixel in it, so the answer is that pixel times the sum of the "
        "kernel. A mean has the sum 1.",
    ),
    "sharpen": Mission(
        "Sharpen",
        "Write a kernel that makes edges steeper and leaves a plain surface as it is.",
        "A sharpened picture is the picture plus its difference from the blurred one. Which kernel is that?",
        "Twice the pixel minus the mean around it: the entries still sum to 1, the middle is larger than 1, and the "
        "neighbours are negative.",
    ),
    "shift": Mission(
        "Move the picture",
        "Move the picture by one pixel with a kernel, and by nothing else.",
        "Does a 1 on the left of the kernel's middle move the picture to the left or to the right?",
        "The kernel is not flipped: with a 1 on the left, each output takes the pixel on its left, so the picture "
        "moves to the right. With the flip of the textbooks' convolution it moves to the left.",
    ),
    "flip": Mission(
        "Flipped or not: the same",
        "Find a kernel of 3 × 3 or more, not all of its entries equal, for which flipping changes nothing, "
        "and switch the flip on.",
        "For which kernels are convolution and cross-correlation the same?",
        "For those that look the same after half a turn. Networks learn their kernels, so it does not matter to them "
        "which of the two is computed: the learned kernel would just be the flipped one.",
    ),
    "same": Mission(
        "Keep the size",
        "With a kernel of 5 × 5 and stride 1, choose the padding so that the output is as large as the picture.",
        "How many pixels does an unpadded kernel of 5 cost along one side?",
        "It costs k − 1 = 4, and padding gives back 2p: so p = (k − 1) / 2 = 2.",
    ),
    "wide": Mission(
        "See nine pixels with three",
        "Let a kernel of 3 × 3 look at a window nine pixels wide.",
        "How many entries lie between two neighbours of the kernel then?",
        "A kernel of k with dilation d covers d(k − 1) + 1 pixels: 9 for k = 3 and d = 4, with 9 weights still.",
    ),
    "quarter": Mission(
        "A quarter of each side",
        "With a stride and a pooling of 2 each, bring the picture to a quarter of each side.",
        "How many of 64 × 64 outputs are left?",
        "Both halve each side: 16 × 16 are left, a sixteenth of the numbers. Networks do this so that the next kernel "
        "sees four times as far.",
    ),
    "seven": Mission(
        "From 7 to 1",
        "Take a 7 of the data, and change as little as you can until the network reads a 1. "
        "At most 60 of the 784 pixels count.",
        "Which pixels tell a 7 from a 1? Look at the occlusion map before you draw.",
        "The bar on top is what tells them apart. Where occlusion is high, a change costs the 7 most: a few pixels "
        "there do more than many elsewhere.",
    ),
    "centre": Mission(
        "Off the middle",
        "Take a digit of the data that is read right, and move it by at most six pixels until the network is wrong. "
        "Then train with shifted copies, and let it read that very digit right.",
        "Convolutions see the same wherever it stands. Why does the network fail at all?",
        "The last, linear layer has a weight for every place, and it has seen only centred digits. Shifted copies "
        "(augmentation) show it others.",
    ),
    "few": Mission(
        "Sure with little",
        "Bring the network to more than 90 % with at most 80 pixels of ink, counted in what the network sees.",
        "Does a network that was trained on ten classes ever say “none of them”?",
        "Softmax has to give all of its probability to the ten classes. How sure it is says how it compares them, not "
        "whether this is a digit at all.",
    ),
    "trained": Mission(
        "Train your own",
        "Train your own DigitClassifier with your own train_digits to 95 % or more on held-out digits.",
        "After which share of the steps will the held-out accuracy pass 90 %?",
        "Most of the way is done in the first third of the steps; the rest goes into the last few percent.",
    ),
}
