"""Other right ways to write this page. They stand alone: nothing obliges anyone to use the base class."""

import math

import torch

from autograder.checking import variant


class Plain:
    """A base of another make: memory by position, step counts in a list, gradients set to zero."""

    def __init__(self, params, **settings):
        self.parameters = [p for p in params]
        self.settings = settings
        self.lr = settings.pop("lr")
        self.memory = {}

    def step(self):
        for number, p in enumerate(self.parameters):
            if p.grad is None:
                continue
            memory = self.memory.setdefault(number, {})
            memory["steps"] = memory.get("steps", 0) + 1
            g = p.grad.detach().clone()
            if self.settings["weight_decay"] != 0:
                g.add_(p.detach(), alpha=self.settings["weight_decay"])
            p.data = p.data - self.change(g, memory, memory["steps"])

    def kept(self, memory, key, g, share, new):
        memory.setdefault(key, torch.zeros_like(g)).mul_(share).add_(new)
        return memory[key]

    def zero_grad(self):
        for p in self.parameters:
            if p.grad is not None:
                p.grad = torch.zeros_like(p)

    def state_dict(self):
        return {"lr": self.lr, "memory": self.copied(self.memory)}

    def load_state_dict(self, saved):
        self.lr, self.memory = saved["lr"], self.copied(saved["memory"])

    def copied(self, memories):
        return {
            number: {key: value.clone() if torch.is_tensor(value) else value for key, value in memory.items()}
            for number, memory in memories.items()
        }


@variant("with a base of its own, in place")
class SGD(Plain):
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        super().__init__(
            params, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay, lr_decay=lr_decay
        )

    def change(self, g, memory, t):
        now = self.lr / (1 + (t - 1) * self.settings["lr_decay"])
        if not self.settings["momentum"]:
            return now * g
        mu = self.settings["momentum"]
        v = self.kept(memory, "v", g, mu, g)
        return now * (g + mu * v) if self.settings["nesterov"] else now * v


@variant("with a base of its own, in place")
class Adagrad(Plain):
    def __init__(self, params, lr=0.01, lr_decay=0.0, weight_decay=0.0, eps=1e-10):
        super().__init__(params, lr=lr, lr_decay=lr_decay, weight_decay=weight_decay, eps=eps)

    def change(self, g, memory, t):
        total = self.kept(memory, "total", g, 1, g * g)
        return g / total.sqrt().add(self.settings["eps"]) * self.lr / (1 + (t - 1) * self.settings["lr_decay"])


@variant("with a base of its own, in place")
class RMSProp(Plain):
    def __init__(self, params, lr=0.01, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0):
        super().__init__(params, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum)

    def change(self, g, memory, t):
        alpha = self.settings["alpha"]
        square = self.kept(memory, "square", g, alpha, (1 - alpha) * g * g)
        scaled = g / (square.sqrt() + self.settings["eps"])
        return self.lr * self.kept(memory, "velocity", g, self.settings["momentum"], scaled)


@variant("with a base of its own, in place")
class Adadelta(Plain):
    def __init__(self, params, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0):
        super().__init__(params, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay)

    def change(self, g, memory, t):
        rho, eps = self.settings["rho"], self.settings["eps"]
        square = self.kept(memory, "square", g, rho, (1 - rho) * g * g)
        before = memory.get("changes", torch.zeros_like(g)) + eps
        delta = torch.sqrt(before / (square + eps)) * g
        self.kept(memory, "changes", g, rho, (1 - rho) * delta * delta)
        return self.lr * delta


@variant("with a base of its own, in place")
class Adam(Plain):
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def change(self, g, memory, t):
        beta1, beta2 = self.settings["betas"]
        m = self.kept(memory, "m", g, beta1, (1 - beta1) * g)
        v = self.kept(memory, "v", g, beta2, (1 - beta2) * g * g)
        root = v.sqrt() / math.sqrt(1 - beta2**t) + self.settings["eps"]
        return self.lr / (1 - beta1**t) * m / root


@variant("with a base of its own, in place")
class Adamax(Plain):
    def __init__(self, params, lr=0.002, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def change(self, g, memory, t):
        beta1, beta2 = self.settings["betas"]
        m = self.kept(memory, "m", g, beta1, (1 - beta1) * g)
        old = memory.get("u", torch.zeros_like(g))
        memory["u"] = torch.stack([beta2 * old, g.abs()]).amax(0)
        return self.lr * (m / (1 - beta1**t)) / (memory["u"] + self.settings["eps"])


@variant("with a base of its own, in place")
class Nadam(Plain):
    def __init__(self, params, lr=0.002, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=0.004):
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)

    def change(self, g, memory, t):
        beta1, beta2 = self.settings["betas"]
        momenta = [beta1 * (1 - 0.96 ** (k * self.settings["momentum_decay"]) / 2) for k in range(1, t + 2)]
        now, soon = math.prod(momenta[:-1]), math.prod(momenta)
        m = self.kept(memory, "m", g, beta1, (1 - beta1) * g)
        v = self.kept(memory, "v", g, beta2, (1 - beta2) * g * g)
        mixed = momenta[-1] / (1 - soon) * m + (1 - momenta[-2]) / (1 - now) * g
        return self.lr * mixed / (torch.sqrt(v / (1 - beta2**t)) + self.settings["eps"])


@variant("one class that keeps its memory in lists")
class Adam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.ps = list(params)
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.ms = [torch.zeros_like(p) for p in self.ps]
        self.vs = [torch.zeros_like(p) for p in self.ps]
        self.ts = [0] * len(self.ps)

    def step(self):
        with torch.no_grad():
            for i, p in enumerate(self.ps):
                if p.grad is None:
                    continue
                self.ts[i] += 1
                g = p.grad.add(p, alpha=self.weight_decay)
                self.ms[i].lerp_(g, 1 - self.betas[0])
                self.vs[i].mul_(self.betas[1]).addcmul_(g, g, value=1 - self.betas[1])
                m_hat = self.ms[i] / (1 - self.betas[0] ** self.ts[i])
                v_hat = self.vs[i] / (1 - self.betas[1] ** self.ts[i])
                p.addcdiv_(m_hat, v_hat.sqrt().add_(self.eps), value=-self.lr)

    def zero_grad(self):
        for p in self.ps:
            if p.grad is not None:
                p.grad.zero_()

    def state_dict(self):
        return {
            "lr": self.lr,
            "m": [m.clone() for m in self.ms],
            "v": [v.clone() for v in self.vs],
            "t": list(self.ts),
        }

    def load_state_dict(self, saved):
        self.lr = saved["lr"]
        for mine, theirs in zip((*self.ms, *self.vs), (*saved["m"], *saved["v"])):
            mine.copy_(theirs)
        self.ts = list(saved["t"])


@variant("through powers of a half and signs")
class Adadelta(Adadelta):
    def update(self, p, g, state):
        old = state.get("averages", torch.zeros(2, *g.shape, dtype=g.dtype))
        square = self.rho * old[0] + (1 - self.rho) * g * g
        size = ((old[1] + self.eps) / (square + self.eps)) ** 0.5 * g.abs()
        state["averages"] = torch.stack([square, self.rho * old[1] + (1 - self.rho) * size.square()])
        p.sub_(self.lr * size * g.sign())


@variant("memory by tensor, and nothing kept where there is no momentum")
class SGD:
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        self.params, self.lr = tuple(params), lr
        self.momentum, self.nesterov, self.weight_decay, self.lr_decay = momentum, nesterov, weight_decay, lr_decay
        self.steps, self.velocity = {}, {}

    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            done = self.steps.get(id(p), 0)
            self.steps[id(p)] = done + 1
            with torch.no_grad():
                g = p.grad + self.weight_decay * p.data if self.weight_decay else p.grad.clone()
                if self.momentum:
                    old = self.velocity.get(id(p))
                    self.velocity[id(p)] = g if old is None else self.momentum * old + g
                    g = g + self.momentum * self.velocity[id(p)] if self.nesterov else self.velocity[id(p)]
                p.copy_(p - self.lr / (1 + done * self.lr_decay) * g)

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad = p.grad.new_zeros(p.shape)

    def state_dict(self):
        places = {id(p): number for number, p in enumerate(self.params)}
        return {
            "lr": float(self.lr),
            "steps": {places[key]: count for key, count in self.steps.items()},
            "velocity": {places[key]: v.clone() for key, v in self.velocity.items()},
        }

    def load_state_dict(self, saved):
        self.lr = saved["lr"]
        self.steps = {id(self.params[number]): count for number, count in saved["steps"].items()}
        self.velocity = {id(self.params[number]): v.clone() for number, v in saved["velocity"].items()}


@variant("numpy inside, with its state in one copy")
class RMSProp(RMSProp):
    def update(self, p, g, state):
        gradient = g.numpy()
        state["s"] = self.alpha * state.get("s", 0 * gradient) + (1 - self.alpha) * gradient**2
        change = self.momentum * state.get("v", 0 * gradient) + gradient / (state["s"] ** 0.5 + self.eps)
        state["v"] = change
        p.sub_(torch.as_tensor(self.lr * change))


@variant("every gradient kept, and the averages summed up anew")
class Adam(Adam):
    def update(self, p, g, state):
        state["all"] = [*state.get("all", []), g.clone()]
        t = len(state["all"])
        fading = [
            sum(share ** (t - k) * (1 - share) / (1 - share**t) * past**power for k, past in enumerate(state["all"], 1))
            for share, power in zip(self.betas, (1, 2))
        ]
        p -= self.lr * fading[0] / (fading[1].sqrt() + self.eps)
