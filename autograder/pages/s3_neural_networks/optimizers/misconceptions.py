"""Wrong ways to write the optimizers, as students write them. Each inherits what it does not get wrong."""

import copy

import torch

from autograder.checking import misconception


@misconception(
    "walks uphill",
    hint="The gradient points to where the loss grows. Which sign must the step have?",
    dies_by="test_sgd",
)
class SGD(SGD):
    def update(self, p, g, state):
        v = state["v"] = self.momentum * state.get("v", 0.0) + g
        p += self.lr / (1 + (state["t"] - 1) * self.lr_decay) * (g + self.momentum * v if self.nesterov else v)


@misconception(
    "makes a new tensor and leaves the parameter where it was",
    hint="`p = p - ...` gives the name p to another tensor, which the model never sees. Write into the tensor: `p -= ...`.",
    dies_by="test_sgd",
)
class SGD(SGD):
    def update(self, p, g, state):
        v = state["v"] = self.momentum * state.get("v", 0.0) + g
        p = p - self.lr / (1 + (state["t"] - 1) * self.lr_decay) * (g + self.momentum * v if self.nesterov else v)


@misconception(
    "steps with gradient tracking switched on",
    hint="Autograd refuses to change a leaf in place while it is watching. Where does torch.no_grad() belong?",
    dies_by="test_sgd",
)
class SGD(SGD):
    def step(self):
        for p, state in zip(self.params, self.state):
            if p.grad is not None:
                state["t"] += 1
                self.update(p, p.grad + self.weight_decay * p, state)


@misconception(
    "lets the parameters decay only after the step",
    hint="By then p has changed. Weight decay belongs to the gradient: add weight_decay * p before anything else.",
    dies_by="test_sgd",
)
class SGD(SGD):
    @torch.no_grad()
    def step(self):
        for p, state in zip(self.params, self.state):
            if p.grad is not None:
                state["t"] += 1
                self.update(p, p.grad, state)
                p -= self.lr / (1 + (state["t"] - 1) * self.lr_decay) * self.weight_decay * p


@misconception(
    "subtracts the weight decay from the gradient, so that the weights grow",
    hint="The step goes against the gradient. So must weight_decay * p be added to it or taken off?",
    dies_by="test_sgd",
)
class SGD(SGD):
    @torch.no_grad()
    def step(self):
        for p, state in zip(self.params, self.state):
            if p.grad is not None:
                state["t"] += 1
                self.update(p, p.grad - self.weight_decay * p, state)


@misconception(
    "divides by the number of entries of the gradient",
    hint="If a mean is wanted, the loss has taken it. How far a weight moves must not depend on how many others there are.",
    dies_by="test_sgd",
)
class SGD(SGD):
    def update(self, p, g, state):
        v = state["v"] = self.momentum * state.get("v", 0.0) + g / g.numel()
        p -= self.lr / (1 + (state["t"] - 1) * self.lr_decay) * (g / g.numel() + self.momentum * v if self.nesterov else v)


@misconception(
    "lets the learning rate decay from the very first step",
    hint="At t = 1 the rate must be lr itself. By what do you divide it then?",
    dies_by="test_lr_decay",
)
class SGD(SGD):
    def update(self, p, g, state):
        v = state["v"] = self.momentum * state.get("v", 0.0) + g
        p -= self.lr / (1 + state["t"] * self.lr_decay) * (g + self.momentum * v if self.nesterov else v)


@misconception(
    "lets an already decayed learning rate decay again",
    hint="You overwrite lr, and divide the result the next time. Compute each step's rate from the lr that was given.",
    dies_by="test_lr_decay",
)
class SGD(SGD):
    def step(self):
        super().step()
        self.lr = self.lr / (1 + max(state["t"] for state in self.state) * self.lr_decay)

    def update(self, p, g, state):
        v = state["v"] = self.momentum * state.get("v", 0.0) + g
        p -= self.lr * (g + self.momentum * v if self.nesterov else v)


@misconception(
    "takes a fixed share off the learning rate at every step",
    hint="That decays exponentially. The course's schedule is lr / (1 + (t - 1) * lr_decay).",
    dies_by="test_lr_decay",
)
class SGD(SGD):
    def update(self, p, g, state):
        v = state["v"] = self.momentum * state.get("v", 0.0) + g
        p -= self.lr * (1 - self.lr_decay) ** (state["t"] - 1) * (g + self.momentum * v if self.nesterov else v)


@misconception(
    "averages the gradients where momentum adds them up",
    hint="With (1 - momentum) before the gradient it is a moving average, ten times smaller at 0.9. PyTorch's velocity is a sum.",
    dies_by="test_momentum",
)
class SGD(SGD):
    def update(self, p, g, state):
        v = state["v"] = self.momentum * state.get("v", 0.0) + (1 - self.momentum) * g
        p -= self.lr / (1 + (state["t"] - 1) * self.lr_decay) * (g + self.momentum * v if self.nesterov else v)


@misconception(
    "damps the very first gradient",
    hint="The velocity starts at 0, so after one step it is the gradient itself, undamped.",
    dies_by="test_momentum",
)
class SGD(SGD):
    def update(self, p, g, state):
        v = self.momentum * state["v"] + g if "v" in state else (1 - self.momentum) * g
        state["v"] = v
        p -= self.lr / (1 + (state["t"] - 1) * self.lr_decay) * (g + self.momentum * v if self.nesterov else v)


@misconception(
    "takes the learning rate into the velocity",
    hint="As long as lr stays the same you do not see it. When it changes, old gradients must take the new rate too.",
    dies_by="test_momentum",
)
class SGD(SGD):
    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        v = state["v"] = self.momentum * state.get("v", 0.0) + lr * g
        p -= lr * g + self.momentum * v if self.nesterov else v


@misconception(
    "forgets the velocity from step to step",
    hint="v is a local name, gone when the method returns. What is to last belongs into the state.",
    dies_by="test_momentum",
)
class SGD(SGD):
    def update(self, p, g, state):
        v = self.momentum * state.get("v", 0.0) + g
        p -= self.lr / (1 + (state["t"] - 1) * self.lr_decay) * (g + self.momentum * v if self.nesterov else v)


@misconception(
    "has one velocity for all parameters together",
    hint="self.v is handed from one parameter to the next. Every parameter needs its own memory: state.",
    dies_by="test_momentum",
)
class SGD(SGD):
    def update(self, p, g, state):
        v = self.v = self.momentum * getattr(self, "v", 0.0) + g
        p -= self.lr / (1 + (state["t"] - 1) * self.lr_decay) * (g + self.momentum * v if self.nesterov else v)


@misconception(
    "takes no notice of nesterov",
    hint="This is plain momentum. With nesterov the step goes along g + momentum * v instead of v.",
    dies_by="test_nesterov",
)
class SGD(SGD):
    def update(self, p, g, state):
        v = state["v"] = self.momentum * state.get("v", 0.0) + g
        p -= self.lr / (1 + (state["t"] - 1) * self.lr_decay) * v


@misconception(
    "looks ahead by momentum squared",
    hint="Momentum is applied once too often. The look-ahead is g + momentum * v with the velocity v just computed.",
    dies_by="test_nesterov",
)
class SGD(SGD):
    def update(self, p, g, state):
        v = state["v"] = self.momentum * state.get("v", 0.0) + g
        p -= self.lr / (1 + (state["t"] - 1) * self.lr_decay) * (g + self.momentum**2 * v if self.nesterov else v)


@misconception(
    "keeps the look-ahead as its velocity",
    hint="g + momentum * v is for this step alone. If it is stored, momentum counts twice from then on.",
    dies_by="test_nesterov",
)
class SGD(SGD):
    def update(self, p, g, state):
        v = self.momentum * state.get("v", 0.0) + g
        state["v"] = g + self.momentum * v if self.nesterov else v
        p -= self.lr / (1 + (state["t"] - 1) * self.lr_decay) * state["v"]


@misconception(
    "takes a missing gradient for a gradient of 0",
    hint="Then velocity and weight decay still move the parameter. One whose grad is None is to be left out altogether.",
    dies_by="test_missing_and_zero_gradients",
)
class SGD(SGD):
    @torch.no_grad()
    def step(self):
        for p, state in zip(self.params, self.state):
            state["t"] += 1
            grad = torch.zeros_like(p) if p.grad is None else p.grad
            self.update(p, grad + self.weight_decay * p, state)


@misconception(
    "stops at the first parameter without a gradient",
    hint="return and break end the loop, and the parameters behind it get no step. Skip the one and go on.",
    dies_by="test_missing_and_zero_gradients",
)
class SGD(SGD):
    @torch.no_grad()
    def step(self):
        for p, state in zip(self.params, self.state):
            if p.grad is None:
                break
            state["t"] += 1
            self.update(p, p.grad + self.weight_decay * p, state)


@misconception(
    "walks through a generator that is used up after the first step",
    hint="A generator gives its elements once. Keep list(params).",
    dies_by="test_given_tensors",
)
class SGD(SGD):
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        super().__init__([], lr, momentum, nesterov, weight_decay, lr_decay)
        self.params, self.state = params, {}

    @torch.no_grad()
    def step(self):
        for number, p in enumerate(self.params):
            if p.grad is not None:
                state = self.state.setdefault(number, {"t": 0})
                state["t"] += 1
                self.update(p, p.grad + self.weight_decay * p, state)


@misconception(
    "writes the weight decay into the gradient it was given",
    hint="`g += ...` changes p.grad itself, and the next step adds to it again. Make a new tensor: g = p.grad + ...",
    dies_by="test_given_tensors",
)
class SGD(SGD):
    @torch.no_grad()
    def step(self):
        for p, state in zip(self.params, self.state):
            if p.grad is not None:
                state["t"] += 1
                p.grad += self.weight_decay * p
                self.update(p, p.grad + 0, state)


@misconception(
    "leaves the gradients where zero_grad must clear them",
    hint="p.grad must be None or zero afterwards: print it. `g = ...` gives a local name to something else; p.data is the parameter.",
    dies_by="test_zero_grad",
)
class SGD(SGD):
    def zero_grad(self):
        for p in self.params:
            g = p.grad
            if g is not None:
                g = torch.zeros_like(g)


@misconception(
    "saves its settings but not its memory",
    hint="After loading, both averages start at 0 again. What does each parameter's state hold?",
    dies_by="test_state_dict",
)
class Adam(Adam):
    def state_dict(self):
        return {"lr": self.lr, "betas": self.betas, "eps": self.eps}

    def load_state_dict(self, saved):
        self.lr, self.betas, self.eps = saved["lr"], saved["betas"], saved["eps"]


@misconception(
    "saves the averages but not the number of steps",
    hint="The bias correction begins anew after loading and blows the step up. t belongs to the state too.",
    dies_by="test_state_dict",
)
class Adam(Adam):
    def state_dict(self):
        return {"state": [{k: v for k, v in state.items() if k != "t"} for state in self.state]}

    def load_state_dict(self, saved):
        self.state = [{"t": 0, **copy.deepcopy(state)} for state in saved["state"]]


@misconception(
    "goes on writing into what it saved",
    hint="The saved state changes with every later step. A dict of tensors is copied by copy.deepcopy, not by =.",
    dies_by="test_state_dict",
)
class Adam(Adam):
    def state_dict(self):
        return {"lr": self.lr, "state": self.state}


@misconception(
    "writes its steps into the state that it loaded",
    hint="After loading, the optimizer and the one that holds `saved` share one memory. Load a copy.",
    dies_by="test_state_dict",
)
class Adam(Adam):
    def load_state_dict(self, saved):
        self.lr, self.state = saved["lr"], saved["state"]


@misconception(
    "goes on with the learning rate it was made with",
    hint="`lr` may have been changed since the optimizer was made; the next step depends on it, so it belongs to the "
    "state.",
    dies_by="test_state_dict",
)
class SGD(SGD):
    def state_dict(self):
        return {"state": copy.deepcopy(self.state)}

    def load_state_dict(self, saved):
        self.state = copy.deepcopy(saved["state"])


@misconception(
    "averages the squares where Adagrad adds them up",
    hint="A moving average forgets: that is RMSProp. Adagrad's sum keeps every square at full weight.",
    dies_by="test_adagrad",
)
class Adagrad(Adagrad):
    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        s = state["s"] = 0.9 * state.get("s", 0.0) + 0.1 * g**2
        p -= lr * g / (s.sqrt() + self.eps)


@misconception(
    "has one number for the whole parameter",
    hint="Every entry needs a sum of its own: s has the gradient's shape, and nothing is summed over entries.",
    dies_by="test_adagrad",
)
class Adagrad(Adagrad):
    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        s = state["s"] = state.get("s", 0.0) + (g**2).sum()
        p -= lr * g / (s.sqrt() + self.eps)


@misconception(
    "divides by the sum of squares, without the root",
    hint="A square is in the gradient's unit squared. What brings it back to the unit of the gradient?",
    dies_by="test_adagrad",
)
class Adagrad(Adagrad):
    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        s = state["s"] = state.get("s", 0.0) + g**2
        p -= lr * g / (s + self.eps)


@misconception(
    "adds eps under the root of the sum",
    hint="With a tiny eps you do not see it; try eps = 0.1. It stands beside the root: sqrt(s) + eps.",
    dies_by="test_adagrad",
)
class Adagrad(Adagrad):
    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        s = state["s"] = state.get("s", 0.0) + g**2
        p -= lr * g / (s + self.eps).sqrt()


@misconception(
    "adds the square only after dividing",
    hint="At the first step s is then 0, and you divide by eps alone: the step explodes. First s, then the division.",
    dies_by="test_adagrad",
)
class Adagrad(Adagrad):
    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        s = state.get("s", torch.zeros_like(g))
        state["s"] = s + g**2
        p -= lr * g / (s.sqrt() + self.eps)


@misconception(
    "divides by 1 + t * lr_decay where 1 + (t - 1) * lr_decay is meant",
    hint="At t = 1 the rate must be lr itself. By what do you divide it then?",
    dies_by="test_adagrad",
)
class Adagrad(Adagrad):
    def update(self, p, g, state):
        s = state["s"] = state.get("s", 0.0) + g**2
        p -= self.lr / (1 + state["t"] * self.lr_decay) * g / (s.sqrt() + self.eps)


@misconception(
    "swaps alpha and 1 - alpha",
    hint="alpha, 0.99, is the share of the old average that stays. How much of the new square comes in?",
    dies_by="test_rmsprop",
)
class RMSProp(RMSProp):
    def update(self, p, g, state):
        s = state["s"] = (1 - self.alpha) * state.get("s", 0.0) + self.alpha * g**2
        v = state["v"] = self.momentum * state.get("v", 0.0) + g / (s.sqrt() + self.eps)
        p -= self.lr * v


@misconception(
    "adds the squares up where RMSProp averages them",
    hint="That is Adagrad: the sum only grows and the steps die out. Let alpha fade the old squares.",
    dies_by="test_rmsprop",
)
class RMSProp(RMSProp):
    def update(self, p, g, state):
        s = state["s"] = state.get("s", 0.0) + g**2
        v = state["v"] = self.momentum * state.get("v", 0.0) + g / (s.sqrt() + self.eps)
        p -= self.lr * v


@misconception(
    "starts its average at the first square",
    hint="The average starts at 0, as everything on this page. After one step it is (1 - alpha) times the square.",
    dies_by="test_rmsprop",
)
class RMSProp(RMSProp):
    def update(self, p, g, state):
        s = state["s"] = self.alpha * state["s"] + (1 - self.alpha) * g**2 if "s" in state else g**2
        v = state["v"] = self.momentum * state.get("v", 0.0) + g / (s.sqrt() + self.eps)
        p -= self.lr * v


@misconception(
    "divides by the mean square, without the root",
    hint="The R in the name stands for root. What is missing around s?",
    dies_by="test_rmsprop",
)
class RMSProp(RMSProp):
    def update(self, p, g, state):
        s = state["s"] = self.alpha * state.get("s", 0.0) + (1 - self.alpha) * g**2
        v = state["v"] = self.momentum * state.get("v", 0.0) + g / (s + self.eps)
        p -= self.lr * v


@misconception(
    "adds eps under the root of the average",
    hint="With a tiny eps you do not see it; try eps = 0.1. It stands beside the root: sqrt(s) + eps.",
    dies_by="test_rmsprop",
)
class RMSProp(RMSProp):
    def update(self, p, g, state):
        s = state["s"] = self.alpha * state.get("s", 0.0) + (1 - self.alpha) * g**2
        v = state["v"] = self.momentum * state.get("v", 0.0) + g / (s + self.eps).sqrt()
        p -= self.lr * v


@misconception(
    "lets momentum gather the raw gradients",
    hint="The velocity gathers the gradients as they are after the division. Divide first, then add.",
    dies_by="test_rmsprop",
)
class RMSProp(RMSProp):
    def update(self, p, g, state):
        s = state["s"] = self.alpha * state.get("s", 0.0) + (1 - self.alpha) * g**2
        v = state["v"] = self.momentum * state.get("v", 0.0) + g
        p -= self.lr * v / (s.sqrt() + self.eps)


@misconception(
    "takes the mean gradient's square off: the centred version",
    hint="That divides by the standard deviation. Plain RMSProp divides by the root of the mean square itself.",
    dies_by="test_rmsprop",
)
class RMSProp(RMSProp):
    def update(self, p, g, state):
        s = state["s"] = self.alpha * state.get("s", 0.0) + (1 - self.alpha) * g**2
        m = state["m"] = self.alpha * state.get("m", 0.0) + (1 - self.alpha) * g
        v = state["v"] = self.momentum * state.get("v", 0.0) + g / ((s - m**2).sqrt() + self.eps)
        p -= self.lr * v


@misconception(
    "leaves the numerator out",
    hint="That is RMSProp. The gradient is also multiplied by the root of the average squared change, sqrt(u + eps).",
    dies_by="test_adadelta",
)
class Adadelta(Adadelta):
    def update(self, p, g, state):
        s = state["s"] = self.rho * state.get("s", 0.0) + (1 - self.rho) * g**2
        p -= self.lr * g / (s + self.eps).sqrt()


@misconception(
    "adds eps beside the roots",
    hint="Elsewhere eps stands beside the root, in Adadelta under both: sqrt(u + eps) / sqrt(s + eps).",
    dies_by="test_adadelta",
)
class Adadelta(Adadelta):
    def update(self, p, g, state):
        s = state["s"] = self.rho * state.get("s", 0.0) + (1 - self.rho) * g**2
        u = state.get("u", torch.zeros_like(g))
        change = (u.sqrt() + self.eps) / (s.sqrt() + self.eps) * g
        state["u"] = self.rho * u + (1 - self.rho) * change**2
        p -= self.lr * change


@misconception(
    "lets u fade before it is used",
    hint="The numerator is the u of the step before, as it was stored. Multiply by rho only when you store the new one.",
    dies_by="test_adadelta",
)
class Adadelta(Adadelta):
    def update(self, p, g, state):
        s = state["s"] = self.rho * state.get("s", 0.0) + (1 - self.rho) * g**2
        u = self.rho * state.get("u", torch.zeros_like(g))
        change = (u + self.eps).sqrt() / (s + self.eps).sqrt() * g
        state["u"] = u + (1 - self.rho) * change**2
        p -= self.lr * change


@misconception(
    "gathers squared gradients in u, not squared changes",
    hint="u says how large recent changes were. Which quantity must be squared for it?",
    dies_by="test_adadelta",
)
class Adadelta(Adadelta):
    def update(self, p, g, state):
        s = state["s"] = self.rho * state.get("s", 0.0) + (1 - self.rho) * g**2
        u = state.get("u", torch.zeros_like(g))
        state["u"] = self.rho * u + (1 - self.rho) * g**2
        p -= self.lr * (u + self.eps).sqrt() / (s + self.eps).sqrt() * g


@misconception(
    "takes the learning rate into u",
    hint="With lr = 1 you do not see it; try 0.5. u gathers the change as it is before lr is applied.",
    dies_by="test_adadelta",
)
class Adadelta(Adadelta):
    def update(self, p, g, state):
        s = state["s"] = self.rho * state.get("s", 0.0) + (1 - self.rho) * g**2
        u = state.get("u", torch.zeros_like(g))
        change = self.lr * (u + self.eps).sqrt() / (s + self.eps).sqrt() * g
        state["u"] = self.rho * u + (1 - self.rho) * change**2
        p -= change


@misconception(
    "has no learning rate",
    hint="The paper's method had none, but PyTorch's has: the finished change is multiplied by lr, 1.0 unless given.",
    dies_by="test_adadelta",
)
class Adadelta(Adadelta):
    def update(self, p, g, state):
        s = state["s"] = self.rho * state.get("s", 0.0) + (1 - self.rho) * g**2
        u = state.get("u", torch.zeros_like(g))
        change = (u + self.eps).sqrt() / (s + self.eps).sqrt() * g
        state["u"] = self.rho * u + (1 - self.rho) * change**2
        p -= change


@misconception(
    "corrects neither average for its start at 0",
    hint="After one step m is only a tenth of the gradient, and s a thousandth of its square. Divide by 1 - beta**t.",
    dies_by="test_adam",
)
class Adam(Adam):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        p -= self.lr * m / (v.sqrt() + self.eps)


@misconception(
    "corrects the average gradient, but not the average square",
    hint="s starts at 0 as well, and takes far longer to grow. It has a correction of its own.",
    dies_by="test_adam",
)
class Adam(Adam):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        p -= self.lr * m / (1 - beta1**t) / (v.sqrt() + self.eps)


@misconception(
    "adds eps under the root of the corrected square",
    hint="With a tiny eps you do not see it; try eps = 0.1. It stands beside the root: sqrt(s_hat) + eps.",
    dies_by="test_adam",
)
class Adam(Adam):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        p -= self.lr * m / (1 - beta1**t) / (v / (1 - beta2**t) + self.eps).sqrt()


@misconception(
    "adds eps before the average square is corrected",
    hint="Then eps is blown up by the correction too. Correct s, take the root, and only then add eps.",
    dies_by="test_adam",
)
class Adam(Adam):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        p -= self.lr * m / (1 - beta1**t) / ((v.sqrt() + self.eps) / (1 - beta2**t) ** 0.5)


@misconception(
    "counts one step more with every parameter",
    hint="One counter is raised by each parameter in turn, so the second is at step 2 when it has had one. Count in its state.",
    dies_by="test_adam",
)
class Adam(Adam):
    def update(self, p, g, state):
        self.t = getattr(self, "t", 0) + 1
        state["t"] = self.t
        super().update(p, g, state)


@misconception(
    "counts the steps of all parameters together",
    hint="A parameter without a gradient gets no step, so its own count lags behind. Keep t in its state.",
    dies_by="test_missing_and_zero_gradients",
)
class Adam(Adam):
    def step(self):
        self.t = getattr(self, "t", 0) + 1
        for state in self.state:
            state["t"] = self.t - 1
        super().step()


@misconception(
    "stores the corrected averages back",
    hint="The next step then averages and corrects them once more. Keep m and s as they are; the corrected ones are for now.",
    dies_by="test_adam",
)
class Adam(Adam):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = (beta1 * state.get("m", 0.0) + (1 - beta1) * g) / (1 - beta1**t)
        v = state["v"] = (beta2 * state.get("v", 0.0) + (1 - beta2) * g**2) / (1 - beta2**t)
        p -= self.lr * m / (v.sqrt() + self.eps)


@misconception(
    "swaps the two betas",
    hint="The first one, 0.9, belongs to the gradients, the second one, 0.999, to their squares.",
    dies_by="test_adam",
)
class Adam(Adam):
    def update(self, p, g, state):
        beta2, beta1 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        p -= self.lr * m / (1 - beta1**t) / ((v / (1 - beta2**t)).sqrt() + self.eps)


@misconception(
    "keeps the weight decay apart from the gradient",
    hint="That is AdamW, which shrinks the weights directly. In Adam the decay joins the gradient before the averages.",
    dies_by="test_adam",
)
class Adam(Adam):
    @torch.no_grad()
    def step(self):
        for p, state in zip(self.params, self.state):
            if p.grad is not None:
                state["t"] += 1
                p *= 1 - self.lr * self.weight_decay
                self.update(p, p.grad, state)


@misconception(
    "never lets the maximum fade",
    hint="One large gradient then rules for ever. The old maximum is multiplied by beta2 before the comparison.",
    dies_by="test_adamax",
)
class Adamax(Adamax):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        u = state["u"] = torch.maximum(state.get("u", torch.zeros_like(g)), g.abs() + self.eps)
        p -= self.lr / (1 - beta1**t) * m / u


@misconception(
    "takes the maximum over the whole tensor",
    hint="torch.max of one tensor looks for its largest entry. Each entry is compared with its own past: torch.maximum.",
    dies_by="test_adamax",
)
class Adamax(Adamax):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        u = state["u"] = torch.maximum(beta2 * state.get("u", torch.zeros_like(g)), g.abs().max() + self.eps)
        p -= self.lr / (1 - beta1**t) * m / u


@misconception(
    "compares gradients with their signs",
    hint="A large negative gradient is large too. What is compared is the absolute value.",
    dies_by="test_adamax",
)
class Adamax(Adamax):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        u = state["u"] = torch.maximum(beta2 * state.get("u", torch.zeros_like(g)), g + self.eps)
        p -= self.lr / (1 - beta1**t) * m / u


@misconception(
    "divides by the root of the mean square, as Adam does",
    hint="Adamax takes the maximum of beta2 * u and |g| where Adam averages squares.",
    dies_by="test_adamax",
)
class Adamax(Adamax):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        p -= self.lr / (1 - beta1**t) * m / ((v / (1 - beta2**t)).sqrt() + self.eps)


@misconception(
    "does not correct the average gradient",
    hint="m starts at 0 as it does in Adam, and is too small at first. Divide by 1 - beta1**t.",
    dies_by="test_adamax",
)
class Adamax(Adamax):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        u = state["u"] = torch.maximum(beta2 * state.get("u", torch.zeros_like(g)), g.abs() + self.eps)
        p -= self.lr * m / u


@misconception(
    "corrects the maximum too",
    hint="A maximum is as large as it should be from the first step on. Only the average needs its correction.",
    dies_by="test_adamax",
)
class Adamax(Adamax):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        u = state["u"] = torch.maximum(beta2 * state.get("u", torch.zeros_like(g)), g.abs() + self.eps)
        p -= self.lr / (1 - beta1**t) * m / (u / (1 - beta2**t))


@misconception(
    "leaves eps out",
    hint="Where every gradient so far was 0, so is u, and 0 / 0 is NaN.",
    dies_by="test_missing_and_zero_gradients",
)
class Adamax(Adamax):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        u = state["u"] = torch.maximum(beta2 * state.get("u", torch.zeros_like(g)), g.abs())
        p -= self.lr / (1 - beta1**t) * m / u


@misconception(
    "keeps the momentum at beta1 from the first step on",
    hint="Here the momentum warms up: mu_t is beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay)), about half of beta1 at first.",
    dies_by="test_nadam",
)
class Nadam(Nadam):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        ahead = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
        p -= self.lr * ahead / ((v / (1 - beta2**t)).sqrt() + self.eps)


@misconception(
    "is Adam",
    hint="Nothing looks ahead. Nadam's step mixes the average, weighed as at the next step, with the present gradient.",
    dies_by="test_nadam",
)
class Nadam(Nadam):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        p -= self.lr * m / (1 - beta1**t) / ((v / (1 - beta2**t)).sqrt() + self.eps)


@misconception(
    "weighs the average by this step's momentum, not by the next one's",
    hint="That is not looking ahead. Which momentum will the average meet at step t + 1?",
    dies_by="test_nadam",
)
class Nadam(Nadam):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (k * self.momentum_decay)) for k in (t, t + 1))
        product = state["product"] = state.get("product", 1.0) * mu
        ahead = mu * m / (1 - product) + (1 - mu) * g / (1 - product)
        p -= self.lr * ahead / ((v / (1 - beta2**t)).sqrt() + self.eps)


@misconception(
    "does not carry the product of the momenta on",
    hint="The correction needs mu_1 times mu_2 times ... up to now, not this step's mu alone. Keep the product in the state.",
    dies_by="test_nadam",
)
class Nadam(Nadam):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (k * self.momentum_decay)) for k in (t, t + 1))
        ahead = mu_next * m / (1 - mu * mu_next) + (1 - mu) * g / (1 - mu)
        p -= self.lr * ahead / ((v / (1 - beta2**t)).sqrt() + self.eps)


@misconception(
    "weighs the present gradient by beta1 instead of the momentum of the step",
    hint="The two weights belong together: mu_{t+1} for the average, 1 - mu_t for the gradient.",
    dies_by="test_nadam",
)
class Nadam(Nadam):
    def update(self, p, g, state):
        beta1, beta2 = self.betas
        t = state["t"]
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (k * self.momentum_decay)) for k in (t, t + 1))
        product = state["product"] = state.get("product", 1.0) * mu
        ahead = mu_next * m / (1 - product * mu_next) + (1 - beta1) * g / (1 - product)
        p -= self.lr * ahead / ((v / (1 - beta2**t)).sqrt() + self.eps)


@misconception(
    "borrows PyTorch's SGD instead of writing it",
    hint="The numbers are right; the exercise is to see how they come about. Write the formula's two lines.",
    dies_by="test_written_by_hand",
)
class SGD(SGD):
    def step(self):
        self.inner = getattr(self, "inner", None) or torch.optim.SGD(self.params, momentum=self.momentum)
        count = max(state["t"] for state in self.state)
        lr = self.lr / (1 + count * self.lr_decay)
        options = {"lr": lr, "nesterov": self.nesterov, "weight_decay": self.weight_decay}
        self.inner.param_groups[0].update(options)
        self.inner.step()
        for state in self.state:
            state["t"] = count + 1


@misconception("leaves the gradients where zero_grad must clear them")
class SGD(SGD):
    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.data.zero_()


@misconception("corrects the average gradient, but not the average square")
@misconception("adds eps under the root of the corrected square")
class Adam(Adam):
    def update(self, p, g, state):
        b1, b2 = self.betas
        m = average(state, "m", b1, g)
        v = average(state, "v", b2, g**2)
        p -= self.lr * m / (1 - b1 ** state["t"]) / torch.sqrt(v + self.eps)


@misconception("gathers squared gradients in u, not squared changes")
class Adadelta(Adadelta):
    def update(self, p, g, state):
        s = average(state, "s", self.rho, g**2)
        u = average(state, "u", self.rho, g**2)
        p -= self.lr * torch.sqrt(u + self.eps) / torch.sqrt(s + self.eps) * g


@misconception(
    "leaves out for good what was frozen when it was made",
    hint="Later `requires_grad` may be switched on. Keep every parameter; each step leaves out those whose grad is None.",
    dies_by="test_given_tensors",
)
class SGD(SGD):
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        super().__init__([p for p in params if p.requires_grad], lr, momentum, nesterov, weight_decay, lr_decay)
