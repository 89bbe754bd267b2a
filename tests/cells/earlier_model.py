opt = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(3):
    train_loss = train_one_epoch(model, opt)
    val_loss = evaluate(model)
history.append(val_loss)
