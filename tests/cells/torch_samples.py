# sample by sample, no loader: one report a sample
torch.manual_seed(3)
w = torch.zeros(8, requires_grad=True)
step = 0.05  # hpo: 1e-3..1 log
total = 0.0
for i in range(40):
    miss = (X_t[i] @ w - y_t[i]).pow(2)
    miss.backward()
    with torch.no_grad():
        w -= step * w.grad
        w.grad = None
    total += miss.item()
    avg_loss = total / (i + 1)
