lr = 0.1  # hpo: 1e-3..1 log
weight = 5.0


def update():
    global weight, loss
    weight -= lr * 2 * weight
    loss = weight**2


for _ in range(10):
    update()
best_loss = loss
