lr = 1e-2  # hpo: 1e-5..1e-1 log
hidden = 16  # hpo: 8..64 log
optimizer = "adam"  # hpo: adam | sgd
momentum = 0.9  # hpo: 0..0.99 if optimizer == sgd
epochs = 3  # hpo: fixed

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, hidden), nn.ReLU(), nn.Linear(hidden, 2))
if optimizer == "adam":
    opt = torch.optim.Adam(model.parameters(), lr=lr)
else:
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
for epoch in range(epochs):
    model.train()
    opt.zero_grad()
    loss = F.cross_entropy(model(X_t), y_t)
    loss.backward()
    opt.step()
    model.eval()
    with torch.no_grad():
        val_acc = (model(X_t).argmax(1) == y_t).float().mean().item()
    print(f"epoch {epoch + 1:2d}: {val_acc:.3f}")
