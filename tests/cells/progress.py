class Progress:
    def __init__(self, iterable, desc=""):
        self.iterable, self.desc, self.shown = iterable, desc, {}

    def __iter__(self):
        yield from self.iterable

    def set_postfix(self, **kw):
        self.shown = kw


lr = 0.2  # hpo: 1e-2..1 log
theta = np.ones(3)
bar = Progress(range(6), desc="epochs")
for epoch in bar:
    theta -= lr * 2 * theta
    val_loss = float((theta**2).sum())
    bar.set_postfix(val_loss=val_loss, lr=lr)
