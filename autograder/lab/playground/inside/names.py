"""What the parts are called and where they are written; read on both sides, so without torch."""

#: the page that each part is written on
PAGES = {
    "activations": "relu leaky_relu sigmoid tanh elu softplus silu gelu",
    "classification_losses": "bce_with_logits cross_entropy hinge focal",
    "losses": "bernoulli_nll",
    "regression_losses": "mse mae huber smooth_l1 log_cosh quantile",
    "regression_network": "MLP",
    "classification_network": "Dropout",
    "optimizers": "SGD Adagrad RMSProp Adadelta Adam Adamax Nadam",
    "training_troubles": "clip_by_norm_ clip_by_value_",
}
PAGE_OF = {name: page for page, names in PAGES.items() for name in names.split()}
#: each of the nine optimizers: its class, and what is fixed of it
OPTIMIZERS = {
    "SGD": ("SGD", {}),
    "Momentum": ("SGD", {"momentum": 0.9}),
    "Nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    **{name: (name, {}) for name in ("Adagrad", "RMSProp", "Adadelta", "Adam", "Adamax", "Nadam")},
}
DECAYS = ("SGD", "Adagrad")  #: classes with a learning-rate decay
#: which of the nine take a setting that others do not have
TAKES = {
    "momentum": ("Momentum", "Nesterov"),
    "lr_decay": tuple(name for name, (kind, _) in OPTIMIZERS.items() if kind in DECAYS),
}
#: what may change without a reset
LIVE = ("lr", "momentum", "lr_decay", "l1", "l2", "batch", "clip_at", "dropout", "optimizer")
GRID = 48  #: points along each side of the map of the output; a neuron's has half of them
