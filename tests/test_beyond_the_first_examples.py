"""Answers right for few rows and usual settings, or in all but one corner of a promise: each once had full marks."""

from __future__ import annotations

import pytest

from autograder.course import catalogue, syllabus
from autograder.course.trees import trees
from autograder.judging.judge import Judge
from autograder.model import Settings, Submission
from autograder.running.pool import collect

pytestmark = pytest.mark.usefixtures("warm")

SEEDS = 2
#: by page: the check that refuses each, and what is written after the solution
WRONG = {
    "s1_math/vectorization": {
        "test_loops": """
def matmul_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A has not as many columns as B has rows")
    C = torch.empty(len(A), B.shape[1], dtype=A.dtype)
    for i in range(len(A)):
        for j in range(B.shape[1]):
            for p in range(len(B)):
                C[i, j] = A[i, p] * B[p, j] + (C[i, j] if p else 0)
    return C
""",
    },
    "s1_math/tensors": {
        "test_norm": """
def norm(v, p=2.0):
    largest = v.abs().max()
    return largest if p == math.inf else largest * ((v.abs() / largest) ** p).sum() ** (1 / p)
""",
    },
    "s1_math/matrix_computation": {
        "test_leaves_inputs_and_dtype_alone": """
def diff(x):
    return x - torch.cat([torch.zeros(1), x[:-1]]).to(x.dtype)
""",
    },
    "s2_data/datasets_and_loaders": {
        "test_items": """
class ArrayDataset(ArrayDataset):
    def __getitem__(self, index):
        x, label = super().__getitem__(index)
        return x.float() if x.dtype == torch.uint8 else x, label
""",
    },
    "s2_data/data_tables": {
        "test_one_hot": """
def one_hot_encode(column, categories):
    return torch.tensor([[float(bool(v) and v == c) for c in categories] for v in column]).reshape(len(column), -1)
""",
    },
    "s2_data/csv_loading": {
        "test_targets": """
encoded = encode_target
def encode_target(fields):
    if all(f.lstrip("+-").isdigit() for f in fields):
        return torch.tensor([int(f) for f in fields])
    return encoded(fields)
""",
    },
    "s2_data/image_datasets": {
        "test_stray_files": """
class ImageFolderDataset(ImageFolderDataset):
    def __init__(self, root, transform=None):
        super().__init__(root, transform)
        paths = [p for name in class_to_idx(root) for p in (Path(root) / name).iterdir()]
        named = [str(p) for p in paths if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")]
        self.labels = [class_to_idx(root)[Path(p).parent.name] for p in sorted(named)]
    def __getitem__(self, index):
        return super().__getitem__(index)[0], self.labels[index]
""",
    },
    "s3_neural_networks/activations": {
        "test_relu": """
def relu(x):
    return torch.maximum(x, torch.zeros_like(x)) if x.dim() else torch.tensor(max(x.item(), 0.0), dtype=x.dtype)
""",
        "test_sigmoid_grad": """
def sigmoid_grad(x):
    x.requires_grad_(True)
    (slope,) = torch.autograd.grad(sigmoid(x).sum(), x)
    x.requires_grad_(False)
    return slope
""",
    },
    "s3_neural_networks/neuron": {
        "test_neuron": """
def neuron(x, w, b, act):
    return act((x * w).sum() + torch.as_tensor(b))
def neuron_batch(X, w, b, act):
    return torch.stack([act((x * w).sum() + b) for x in X])
""",
        "test_leading_dims": """
class Linear(Linear):
    def forward(self, x):
        return super().forward(x.view(-1, x.shape[-1])).view(*x.shape[:-1], -1)
""",
    },
    "s3_neural_networks/losses": {
        "test_bad_input": """
def reduce_loss(losses, reduction="mean"):
    if reduction == "none":
        return losses
    if not reduction or not hasattr(losses, reduction):
        raise ValueError(f"no reduction: {reduction!r}")
    return getattr(losses, reduction)()
""",
    },
    "s3_neural_networks/autograd": {
        "test_sigmoid_twice": """
class MySigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 1 / (1 + torch.exp(-x))
    @staticmethod
    def backward(ctx, grad_output):
        s = 1 / (1 + torch.exp(-ctx.saved_tensors[0]))
        return grad_output * s * (1 - s)
""",
    },
    "s3_neural_networks/tasks": {
        "test_accuracy": """
def accuracy(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return (prediction == target).half().sum().item() / max(prediction.numel(), 1)
""",
        "test_macro_f1": """
by_class = macro_f1
def macro_f1(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    return by_class(prediction.clamp(max=7), target.clamp(max=7), num_classes)
""",
        "test_head_for": """
head_of_task = head_for
def head_for(task, features, outputs=1):
    module, loss = head_of_task(task, features, outputs)
    return module, nn.CrossEntropyLoss(ignore_index=5) if task == "multiclass" else loss
""",
    },
    "s3_neural_networks/optimizers": {
        "test_rmsprop": """
class RMSProp(RMSProp):
    def __init__(self, params, lr=0.01, alpha=0.99, **more):
        super().__init__(params, lr, alpha or 0.99, **more)
""",
        "test_nadam": """
class Nadam(Nadam):
    def __init__(self, params, momentum_decay=0.004, **more):
        super().__init__(params, momentum_decay=momentum_decay or 0.004, **more)
""",
        "test_zero_grad": """
def zero_grad(self):
    for p in self.params[:8]:
        p.grad = None
Optimizer.zero_grad = zero_grad
""",
    },
    "s3_neural_networks/training_troubles": {
        "test_critical_points": """
def critical_point_type(H, tol=1e-8):
    e = torch.linalg.eigvalsh(H)
    if bool((e > tol).any()) and bool((e < -tol).any()):
        return "saddle"
    if bool((e.abs() < tol).any()) or not bool((e.abs() > tol).any()):
        return "undecided"
    return "minimum" if bool((e > tol).any()) else "maximum"
""",
        "test_cliff": """
descend = clipped_descent
def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    return descend(loss, x0, lr, steps, max_norm or None)
""",
    },
    "s3_neural_networks/classification_network": {
        "test_predict_proba": """
ask = predict_proba
def predict_proba(model, X):
    model.requires_grad_(False)
    answer = ask(model, X)
    model.requires_grad_(True)
    return answer
""",
        "test_dropout_masks": """
class Dropout(Dropout):
    def forward(self, x):
        if self.training and x.dim() == 4:
            return x * (torch.rand(x.shape[:2]) >= self.p)[..., None, None] / (1 - self.p)
        return super().forward(x)
""",
        "test_dropout_eval": """
class Dropout(Dropout):
    def __init__(self, p=0.5):
        super().__init__(p)
        type(self).last = p
    def forward(self, x):
        self.p = type(self).last
        return super().forward(x)
""",
    },
    "s4_cnns/transfer_learning": {
        "test_freeze_again": """
frozen = freeze
def freeze(model, except_=()):
    old = [(p, p.grad) for p in model.parameters() if not p.requires_grad]
    frozen(model, except_)
    for p, grad in old:
        p.grad = grad
    return model
""",
        "test_groups": """
grouped_by_rate = param_groups
def param_groups(model, lr_head, lr_body):
    return grouped_by_rate(model, lr_head or lr_body, lr_body)
""",
    },
    "s6_further/cv_libraries": {
        "test_pil_modes": """
as_it_is = pil_to_tensor
def pil_to_tensor(image):
    clear = Image.new("RGBA", image.size)
    clear.alpha_composite(image.convert("RGBA"))
    return as_it_is(clear)
""",
        "test_bgr_to_rgb": """
turned = bgr_to_rgb
def bgr_to_rgb(image):
    return turned(image.astype(np.uint8)).astype(image.dtype) if image.dtype == np.uint16 else turned(image)
""",
    },
    "s6_further/object_detection": {
        "test_class_nms": """
by_class = class_nms
def class_nms(boxes, scores, labels, threshold):
    return by_class(boxes, scores.float(), labels, threshold)
""",
        "test_nms": """
greedy = nms
def nms(boxes, scores, threshold):
    return greedy(boxes, scores.float(), threshold)
""",
        "test_match_truths": """
matched = match_truths
def match_truths(boxes, scores, truths, threshold=0.5):
    return matched(boxes, scores, truths[:16], threshold)
""",
    },
    "s3_neural_networks/gradient_descent": {
        "test_divergence": """
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x, history = x0.clone(), [x0.clone()]
    for _ in range(steps):
        g = grad(x)
        if not g.isfinite().all():
            raise ValueError("it diverges")
        if g.norm() <= tol:
            break
        x = x - lr * g
        history.append(x)
    if x.isnan().any():
        raise ValueError("it diverges")
    return x, torch.stack(history)
""",
    },
    "s3_neural_networks/regression_network": {
        "test_loss": """
def loss_of(model, X, y):
    answers = model(X)
    if answers.numel() != y.numel() or answers.dim() != y.dim():
        raise ValueError("another shape")
    return ((answers - y.reshape(answers.shape)) ** 2).mean()
""",
        "test_steps": """
epoch = train_epoch
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    with torch.no_grad():
        if model.train()(X).shape != y.shape:
            raise ValueError("another shape")
    return epoch(model, X, y, optimizer, batch_size, generator)
""",
    },
    "s4_cnns/convolution": {
        "test_avgpool": """
def avgpool2d(x, kernel_size, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = pair(kernel_size if stride is None else stride)
    output_hw(x, kernel_size, 1, padding)
    sums = F.pad(F.pad(x, (pw, pw, ph, ph)).cumsum(2).cumsum(3), (1, 0, 1, 0))
    sums = sums[:, :, kh:] - sums[:, :, :-kh]
    return (sums[..., kw:] - sums[..., :-kw])[:, :, ::sh, ::sw] / (kh * kw)
""",
    },
    "s4_cnns/networks": {
        "test_batchnorm_training": """
class BatchNorm2d(BatchNorm2d):
    def forward(self, x):
        moved = self.bias[:, None, None]
        return (super().forward(x) - moved) * self.weight.sign()[:, None, None] + moved
""",
    },
    "s4_cnns/normalisation": {
        "test_fold_batch_norm": """
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    scale = gamma / (running_var + eps).sqrt()
    rest = beta - running_mean * scale
    return weight * scale[:, None, None, None], rest if bias is None else rest + bias * scale.abs()
""",
    },
    "s4_cnns/digits": {
        "test_evaluate": """
measured = evaluate
def evaluate(model, images, labels):
    model.requires_grad_(False)
    accuracy = measured(model, images, labels)
    model.requires_grad_(True)
    return accuracy
""",
    },
    "s6_further/image_classification": {
        "test_mixup_of_labels": """
mix = mixup
def mixup(x, y, lam, permutation=None, num_classes=None):
    images, labels = mix(x, y, lam, permutation, num_classes)
    return images, labels.to(y.dtype) if y.is_floating_point() else labels
""",
    },
}  # fmt: skip


@pytest.mark.parametrize("address", WRONG)
def test_it_is_refused_at_every_seed(address):
    """the check that once passed it refuses it, and passes the solution"""
    places = trees()
    course = syllabus.load(places)
    exercise = course.exercises[address]
    solution = catalogue.solution_text(places, exercise)
    found = {}

    def look(plugin):
        judge = Judge(course, places, Settings(0, "plain"), plugin.checks, plugin.run)
        try:
            for check, more in WRONG[address].items():
                for seed in range(SEEDS):
                    for text in ("", more):
                        one = Submission("somebody", address, f"{exercise.name}.py", (solution, text))
                        (result,) = judge.reseeded(seed).examined(one, [check]).results
                        found[check, seed, bool(text)] = result.status
        finally:
            judge.close()

    collect(places, [address], look)
    refused = ("failed", "error")  # a value that is not the right one, or an exception in place of it
    assert {key: status for key, status in found.items() if status not in (refused if key[2] else ("passed",))} == {}
