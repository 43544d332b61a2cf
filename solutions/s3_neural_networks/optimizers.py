# %% [markdown]
# # Optimizers
#
# Nine ways to turn a gradient into a step, in seven classes. What they share is written once, in
# `Optimizer`; each class then adds its own formula, a few lines long.
#
# All of them are in `torch.optim`: compare with it as often as you like, but write the formulas yourself.

# %%
import copy
from collections.abc import Iterable
from typing import Any

import torch

# %% [markdown]
# ## What all share
#
# An optimizer holds *the model's own* parameter tensors. To train the model it must change them in place:
# `p -= change` writes into the tensor, while `p = p - change` makes a new one that the model never sees.
# It must also do so under `torch.no_grad()`, for a step is no part of the computation that is differentiated.
#
# Weight decay adds $\lambda\,\theta$ to the gradient, as if the loss had the further term
# $\tfrac{\lambda}{2}\lVert\theta\rVert^2$.


# %%
class Optimizer:
    """What every optimizer needs, apart from its formula.

    The formula goes into `update`, which `step` calls once for each parameter that has a gradient.

    Args:
        params: the parameters, float32 or float64 tensors of any shape: a list, or anything else that can be
            iterated once, such as the generator `model.parameters()`.
        lr: the learning rate; `optimizer.lr` may be read and set at any time.
        weight_decay: the factor of the weight decay.
    """

    def __init__(self, params: Iterable[torch.Tensor], lr: float, weight_decay: float = 0.0):
        self.params = list(params)  # a generator could be walked through only once
        self.lr = lr
        self.weight_decay = weight_decay
        self.state: list[dict[str, Any]] = [{"t": 0} for _ in self.params]

    def update(self, p: torch.Tensor, g: torch.Tensor, state: dict[str, Any]) -> None:
        """Change one parameter in place: this is what the seven classes differ in.

        Args:
            p: the parameter.
            g: its gradient, weight decay included; of the same shape.
            state: this parameter's memory, to be kept from step to step. `state["t"]` is the number of
                steps that this parameter has had, the present one included: 1 at the first.
        """
        raise NotImplementedError("every optimizer has its own update")

    @torch.no_grad()
    def step(self) -> None:
        """Take one step.

        A parameter whose `.grad` is None is left out altogether: no update, no weight decay, no count.
        For every other one, count the step in its state, add weight_decay times the parameter to the
        gradient, and call `update`. The gradients stay as they were.
        """
        ### BEGIN SOLUTION
        for p, state in zip(self.params, self.state, strict=True):
            if p.grad is not None:
                state["t"] += 1
                self.update(p, p.grad + self.weight_decay * p, state)
        ### END SOLUTION

    def zero_grad(self) -> None:
        """Forget the gradients: every `.grad` is None afterwards, or zero."""
        ### BEGIN SOLUTION
        for p in self.params:
            p.grad = None
        ### END SOLUTION

    def state_dict(self) -> dict[str, Any]:
        """What changes from step to step, apart from parameters and gradients: the memory, and `lr` as it is now.

        It is a copy: later steps do not change it. Loaded into a new optimizer of the same class, with the same
        settings other than `lr`, that holds equal parameters, possibly in other tensors, it makes the new one's
        next step the same as this one's would have been.
        """
        ### BEGIN SOLUTION
        return {"lr": self.lr, "state": copy.deepcopy(self.state)}
        ### END SOLUTION

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave. `saved` stays as it was, also when this optimizer takes its steps."""
        ### BEGIN SOLUTION
        self.lr = saved["lr"]
        self.state = copy.deepcopy(saved["state"])
        ### END SOLUTION


# %% [markdown]
# ## SGD: learning-rate decay, momentum, Nesterov
#
# Below, $g_t$ is the gradient at step $t$, $\eta$ the learning rate, and whatever has a memory starts at 0.
#
# $$v_t = \mu\,v_{t-1} + g_t, \qquad \eta_t = \frac{\eta}{1 + (t-1)\,\delta}, \qquad
# \theta_t = \theta_{t-1} - \eta_t\,v_t$$
#
# $\mu$ is `momentum`, $\delta$ is `lr_decay`. With `nesterov`, $\;g_t + \mu\,v_t\;$ takes the place of $v_t$ in the
# last formula: where the velocity will carry us is already counted in.


# %%
class SGD(Optimizer):
    """Gradient descent with learning-rate decay, momentum and Nesterov's momentum, each if wanted.

    Written out, without PyTorch's own optimizers.

    Args:
        params: the parameters.
        lr: the learning rate; at a parameter's step t (from 1) it is lr / (1 + (t - 1) * lr_decay).
        momentum: the share of the velocity that is kept from step to step; 0 is plain gradient descent.
        nesterov: step along the gradient plus momentum times the new velocity.
        weight_decay: the factor of the weight decay.
        lr_decay: how fast the learning rate falls; 0 keeps it.
    """

    def __init__(
        self,
        params: Iterable[torch.Tensor],
        lr: float = 0.001,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        lr_decay: float = 0.0,
    ):
        super().__init__(params, lr, weight_decay)
        self.momentum, self.nesterov, self.lr_decay = momentum, nesterov, lr_decay

    def update(self, p: torch.Tensor, g: torch.Tensor, state: dict[str, Any]) -> None:
        """One step of gradient descent for one parameter; see `Optimizer.update`."""
        ### BEGIN SOLUTION
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        v = state["v"] = self.momentum * state.get("v", 0.0) + g
        p -= lr * (g + self.momentum * v if self.nesterov else v)
        ### END SOLUTION


# %% [markdown]
# ## Adagrad
#
# $$s_t = s_{t-1} + g_t^2, \qquad \theta_t = \theta_{t-1} - \eta_t\,\frac{g_t}{\sqrt{s_t} + \varepsilon}$$
#
# with $\eta_t$ as above. Squares, roots and quotients are taken entry by entry, so every weight has a step size
# of its own.


# %%
class Adagrad(Optimizer):
    """Gradients divided by the root of the sum of all their squares so far.

    Written out, without PyTorch's own optimizers.

    Args:
        params: the parameters.
        lr: the learning rate; at a parameter's step t (from 1) it is lr / (1 + (t - 1) * lr_decay).
        lr_decay: how fast the learning rate falls.
        weight_decay: the factor of the weight decay.
        eps: added to the root.
    """

    def __init__(
        self,
        params: Iterable[torch.Tensor],
        lr: float = 0.01,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        eps: float = 1e-10,
    ):
        super().__init__(params, lr, weight_decay)
        self.lr_decay, self.eps = lr_decay, eps

    def update(self, p: torch.Tensor, g: torch.Tensor, state: dict[str, Any]) -> None:
        """One step of Adagrad for one parameter; see `Optimizer.update`."""
        ### BEGIN SOLUTION
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        s = state["s"] = state.get("s", 0.0) + g**2
        p -= lr * g / (s.sqrt() + self.eps)
        ### END SOLUTION


# %% [markdown]
# ## Moving averages
#
# Adagrad's sum only ever grows. A *moving average* forgets: at each step a share $\beta$ of it stays and
# $1-\beta$ of the new value comes in, $a_t = \beta\,a_{t-1} + (1-\beta)\,x_t$. All that follow need at least one.


# %%
def average(state: dict[str, Any], name: str, share: float, value: torch.Tensor) -> torch.Tensor:
    """Bring a moving average that is kept in a parameter's state up to date.

    No check calls this helper itself, and you may do without it.

    Args:
        state: the parameter's memory; its entry `name` is the average so far, which starts at 0.
        name: what the average is called there.
        share: the share of the old average that stays.
        value: the new value, of any shape.

    Returns:
        The new average, of the value's shape; it is also what `state[name]` is now.
    """
    ### BEGIN SOLUTION
    state[name] = share * state.get(name, 0.0) + (1 - share) * value
    return state[name]
    ### END SOLUTION


# %% [markdown]
# ## RMSProp
#
# $$s_t = \alpha\,s_{t-1} + (1-\alpha)\,g_t^2, \qquad v_t = \mu\,v_{t-1} + \frac{g_t}{\sqrt{s_t} + \varepsilon}, \qquad
# \theta_t = \theta_{t-1} - \eta\,v_t$$


# %%
class RMSProp(Optimizer):
    """Gradients divided by the root of a moving average of their squares.

    Written out, without PyTorch's own optimizers.

    Args:
        params: the parameters.
        lr: the learning rate.
        alpha: the share of the average that is kept from step to step.
        eps: added to the root.
        weight_decay: the factor of the weight decay.
        momentum: the share of the velocity that is kept; the velocity gathers the divided gradients.
    """

    def __init__(
        self,
        params: Iterable[torch.Tensor],
        lr: float = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
    ):
        super().__init__(params, lr, weight_decay)
        self.alpha, self.eps, self.momentum = alpha, eps, momentum

    def update(self, p: torch.Tensor, g: torch.Tensor, state: dict[str, Any]) -> None:
        """One step of RMSProp for one parameter; see `Optimizer.update`."""
        ### BEGIN SOLUTION
        s = average(state, "s", self.alpha, g**2)
        v = state["v"] = self.momentum * state.get("v", 0.0) + g / (s.sqrt() + self.eps)
        p -= self.lr * v
        ### END SOLUTION


# %% [markdown]
# ## Adadelta
#
# $$s_t = \rho\,s_{t-1} + (1-\rho)\,g_t^2, \qquad
# \Delta_t = \frac{\sqrt{u_{t-1} + \varepsilon}}{\sqrt{s_t + \varepsilon}}\;g_t, \qquad
# u_t = \rho\,u_{t-1} + (1-\rho)\,\Delta_t^2, \qquad \theta_t = \theta_{t-1} - \eta\,\Delta_t$$
#
# Here $\varepsilon$ stands *inside* the roots. Without it no first step would ever be taken, since $u_0 = 0$.


# %%
class Adadelta(Optimizer):
    """Gradients rescaled to the size of recent changes.

    Written out, without PyTorch's own optimizers.

    Args:
        params: the parameters.
        lr: the learning rate, a factor of the finished change, which is no part of u.
        rho: the share of both averages that is kept from step to step.
        eps: added under both roots.
        weight_decay: the factor of the weight decay.
    """

    def __init__(
        self,
        params: Iterable[torch.Tensor],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
    ):
        super().__init__(params, lr, weight_decay)
        self.rho, self.eps = rho, eps

    def update(self, p: torch.Tensor, g: torch.Tensor, state: dict[str, Any]) -> None:
        """One step of Adadelta for one parameter; see `Optimizer.update`."""
        ### BEGIN SOLUTION
        s = average(state, "s", self.rho, g**2)
        u = state.get("u", torch.zeros_like(g))
        change = (u + self.eps).sqrt() / (s + self.eps).sqrt() * g
        average(state, "u", self.rho, change**2)
        p -= self.lr * change
        ### END SOLUTION


# %% [markdown]
# ## Adam
#
# Two averages, of the gradients and of their squares. Both start at 0 and are too small at first, by a factor
# that is known exactly; dividing by it is the *bias correction*.
#
# $$m_t = \beta_1 m_{t-1} + (1-\beta_1)\,g_t, \qquad s_t = \beta_2 s_{t-1} + (1-\beta_2)\,g_t^2$$
#
# $$\hat m_t = \frac{m_t}{1-\beta_1^t}, \qquad \hat s_t = \frac{s_t}{1-\beta_2^t}, \qquad
# \theta_t = \theta_{t-1} - \eta\,\frac{\hat m_t}{\sqrt{\hat s_t} + \varepsilon}$$


# %%
class Adam(Optimizer):
    """Moving averages of the gradients and of their squares, both corrected for their start at 0.

    Written out, without PyTorch's own optimizers.

    Args:
        params: the parameters.
        lr: the learning rate.
        betas: the shares of the two averages that are kept from step to step.
        eps: added to the root.
        weight_decay: the factor of the weight decay, which goes through the averages like any gradient.
    """

    def __init__(
        self,
        params: Iterable[torch.Tensor],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps = betas, eps

    def update(self, p: torch.Tensor, g: torch.Tensor, state: dict[str, Any]) -> None:
        """One step of Adam for one parameter; see `Optimizer.update`."""
        ### BEGIN SOLUTION
        (beta1, beta2), t = self.betas, state["t"]
        m = average(state, "m", beta1, g)
        s = average(state, "s", beta2, g**2)
        m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
        p -= self.lr * m_hat / (s_hat.sqrt() + self.eps)
        ### END SOLUTION


# %% [markdown]
# ## Adamax
#
# Adam with the largest gradient in memory, fading, in place of the average square. A maximum is not
# biased towards 0, so it needs no correction.
#
# $$u_t = \max(\beta_2\,u_{t-1},\; \lvert g_t\rvert + \varepsilon), \qquad
# \theta_t = \theta_{t-1} - \frac{\eta}{1-\beta_1^t}\,\frac{m_t}{u_t}$$


# %%
class Adamax(Optimizer):
    """A moving average of the gradients divided by the fading maximum of their absolute values.

    Written out, without PyTorch's own optimizers.

    Args:
        params: the parameters.
        lr: the learning rate.
        betas: the share of the average, and the share of the maximum, that is kept from step to step.
        eps: keeps the divisor above 0: added to the absolute gradient inside the maximum, or beside
            it, to the finished maximum.
        weight_decay: the factor of the weight decay.
    """

    def __init__(
        self,
        params: Iterable[torch.Tensor],
        lr: float = 0.002,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps = betas, eps

    def update(self, p: torch.Tensor, g: torch.Tensor, state: dict[str, Any]) -> None:
        """One step of Adamax for one parameter; see `Optimizer.update`."""
        ### BEGIN SOLUTION
        (beta1, beta2), t = self.betas, state["t"]
        m = average(state, "m", beta1, g)
        u = state["u"] = torch.maximum(beta2 * state.get("u", torch.zeros_like(g)), g.abs() + self.eps)
        p -= self.lr / (1 - beta1**t) * m / u
        ### END SOLUTION


# %% [markdown]
# ## Nadam
#
# Adam with Nesterov's idea: the step already uses the average as the *next* step will weigh it. The momentum
# warms up from $\beta_1/2$ towards $\beta_1$, and the bias correction is its product so far.
#
# $$\mu_t = \beta_1\bigl(1 - \tfrac12\,0.96^{\,t\psi}\bigr), \qquad \pi_t = \mu_1\mu_2\cdots\mu_t, \qquad
# \bar m_t = \frac{\mu_{t+1}\,m_t}{1-\pi_t\,\mu_{t+1}} + \frac{(1-\mu_t)\,g_t}{1-\pi_t}$$
#
# $$\theta_t = \theta_{t-1} - \eta\,\frac{\bar m_t}{\sqrt{\hat s_t} + \varepsilon}$$
#
# $m_t$, $s_t$ and $\hat s_t$ are Adam's; $\psi$ is `momentum_decay`.


# %%
class Nadam(Optimizer):
    """Adam with Nesterov's momentum, in the form with a momentum that warms up.

    Written out, without PyTorch's own optimizers.

    Args:
        params: the parameters.
        lr: the learning rate.
        betas: the shares of the two averages that are kept from step to step.
        eps: added to the root.
        weight_decay: the factor of the weight decay.
        momentum_decay: how fast the momentum warms up, psi in the formula.
    """

    def __init__(
        self,
        params: Iterable[torch.Tensor],
        lr: float = 0.002,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 0.004,
    ):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps, self.momentum_decay = betas, eps, momentum_decay

    def update(self, p: torch.Tensor, g: torch.Tensor, state: dict[str, Any]) -> None:
        """One step of Nadam for one parameter; see `Optimizer.update`."""
        ### BEGIN SOLUTION
        (beta1, beta2), t = self.betas, state["t"]
        m = average(state, "m", beta1, g)
        s = average(state, "s", beta2, g**2)
        mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (k * self.momentum_decay)) for k in (t, t + 1))
        product = state["product"] = state.get("product", 1.0) * mu
        ahead = mu_next * m / (1 - product * mu_next) + (1 - mu) * g / (1 - product)
        p -= self.lr * ahead / ((s / (1 - beta2**t)).sqrt() + self.eps)
        ### END SOLUTION
