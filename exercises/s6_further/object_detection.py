# %% [markdown]
# # Object detection
#
# A detector answers with boxes and scores, far too many of them. Whether two boxes mean the same thing,
# which of them to keep, and how good the answer is: all of it comes down to how much two boxes overlap.
# Write it with plain tensor operations, not with those of `torchvision.ops`.

# %%
import torch

# %% [markdown]
# ## Four numbers, three readings
#
# `xyxy` holds two corners (left, top, right, bottom), `xywh` the left top corner and the size, `cxcywh` the
# centre and the size. x runs to the right, y runs *down*. A box from 0 to 10 is 10 wide: coordinates lie
# between the pixels.

# %%
FORMATS = ("xyxy", "xywh", "cxcywh")


# %%
def box_convert(boxes: torch.Tensor, in_fmt: str, out_fmt: str) -> torch.Tensor:
    """The same boxes in another format.

    Written out, without `torchvision.ops`.

    Args:
        boxes: (N, 4), float32 or float64, in the format `in_fmt`; N may be 0.
        in_fmt: one of `FORMATS`.
        out_fmt: one of `FORMATS`.

    Returns:
        A new tensor (N, 4) of the same dtype, in the format `out_fmt`, differentiable; `boxes` stays as it was, and
        shares no memory with the result.

    Raises:
        ValueError: a format is none of `FORMATS`; `boxes` stays as it was then, too.
    """
    # YOUR CODE HERE
    raise NotImplementedError("box_convert is not written yet")


# %% [markdown]
# ## Intersection over union
#
# $$\mathrm{IoU}(a, b) = \frac{|a \cap b|}{|a \cup b|}, \qquad |a \cup b| = |a| + |b| - |a \cap b|$$


# %%
def iou(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """The intersection over union of every box of `a` with every box of `b`.

    Written out, without `torchvision.ops`.

    Args:
        a: (N, 4), float32 or float64 boxes as xyxy, x1 <= x2 and y1 <= y2; N may be 0.
        b: (M, 4), boxes of the same kind; M may be 0.

    Returns:
        (N, M) tensor of the same dtype with numbers in [0, 1]: 1 for equal boxes, 0 for boxes that lie apart or
        merely touch, and 0, too, where both boxes have no area. Differentiable, with finite gradients also where boxes
        have no area; a and b stay as they were.
    """
    # YOUR CODE HERE
    raise NotImplementedError("iou is not written yet")


# %% [markdown]
# ## Non-maximum suppression
#
# A detector finds the same face a dozen times. Take the boxes from the best score to the worst, and drop
# each that overlaps one already *kept* by more than the threshold.


# %%
def nms(boxes: torch.Tensor, scores: torch.Tensor, threshold: float) -> torch.Tensor:
    """Greedy non-maximum suppression.

    Written out, without `torchvision.ops`.

    Args:
        boxes: (N, 4), float32 or float64, as xyxy; N may be 0.
        scores: (N,), float32 or float64, of any size and sign, the larger the better. Both stay as they were.
        threshold: a box whose IoU with a kept one is greater than this is dropped; one equal to it stays.

    Returns:
        (K,) int64, the indices of the boxes kept, the best score first; of equal scores the lower index comes first.
    """
    # YOUR CODE HERE
    raise NotImplementedError("nms is not written yet")


# %% [markdown]
# ## One class does not suppress another
#
# The rider overlaps the bicycle, and both are there. There is a trick for this: boxes of different classes
# that are moved far enough apart can no longer overlap.


# %%
def class_nms(boxes: torch.Tensor, scores: torch.Tensor, labels: torch.Tensor, threshold: float) -> torch.Tensor:
    """Non-maximum suppression in which only boxes of the same class suppress each other.

    Written out, without `torchvision.ops`.

    Args:
        boxes: (N, 4), float32 or float64, as xyxy, anywhere in the plane; N may be 0.
        scores: (N,), as in `nms`, no two of them equal.
        labels: (N,) int64, the class of each box, 0 or more, however large. All three stay as they were.
        threshold: as in `nms`.

    Returns:
        (K,) int64, the indices of the boxes kept, of all classes together, the best score first.
    """
    # YOUR CODE HERE
    raise NotImplementedError("class_nms is not written yet")


# %% [markdown]
# ## Which detections are correct?
#
# A truth can be found once. The second detection of the same cat is a mistake.


# %%
def match_truths(
    boxes: torch.Tensor, scores: torch.Tensor, truths: torch.Tensor, threshold: float = 0.5
) -> torch.Tensor:
    """Which detections of one class in one image are correct.

    From the best score to the worst, each detection looks at the truths that are still free and takes the one with
    which its IoU is greatest, provided that it is `threshold` or more. Then it is correct, and that truth is no longer
    free. A detection for which none is left is not correct.

    Args:
        boxes: (N, 4), float32 or float64, detections as xyxy; N may be 0.
        scores: (N,), float32 or float64, no two of them equal.
        truths: (M, 4), as xyxy; M may be 0. No detection overlaps two of them equally. All three stay as they were.
        threshold: greater than 0.

    Returns:
        (N,) bool, in the order of `boxes`.
    """
    # YOUR CODE HERE
    raise NotImplementedError("match_truths is not written yet")


# %% [markdown]
# ## Average precision
#
# After the $k$ best detections, $P_k$ of them are correct (precision), and $R_k$ of all truths are found
# (recall). The **envelope** at a recall $r$ is the best precision reached at that recall or a higher one, and
# average precision is the area under it:
#
# $$\mathrm{AP} = \int_0^1 \max_{k:\, R_k \ge r} P_k \; dr$$
#
# Recall grows by $1 / n$ at each correct detection and stands still at the others, so the area is a sum of
# rectangles. Recall that is never reached counts 0.


# %%
def average_precision(scores: torch.Tensor, correct: torch.Tensor, n_truth: int) -> float:
    """The area under the envelope of precision over recall, at all its steps, of the detections of one class.

    Args:
        scores: (N,), float32 or float64, of all images together, no two of them equal; N may be 0.
        correct: (N,) bool, whether a detection found a truth of its own. Both stay as they were.
        n_truth: how many truths there were to be found, 1 or more.

    Returns:
        A single number in [0, 1].
    """
    # YOUR CODE HERE
    raise NotImplementedError("average_precision is not written yet")
