#: framework: transformers
#: style: script-like top-level loop, scheduler function, tqdm, nested loops
#: objective: maximize accuracy
#: proposed: yes
#: reports: 2
# %%
import numpy as np
import torch
from torch.optim import AdamW
from torch.utils.data import DataLoader, TensorDataset
from tqdm.auto import tqdm
from transformers import DistilBertConfig, DistilBertForSequenceClassification, get_linear_schedule_with_warmup

seed_val = 42
np.random.seed(seed_val)
torch.manual_seed(seed_val)
ids = torch.randint(4, 60, (120, 10))
labels = (ids[:, :5].sum(1) > ids[:, 5:].sum(1)).long()
# %%
batch_size = 16  #T 16
train_dataloader = DataLoader(TensorDataset(ids[:90], labels[:90]), batch_size=batch_size, shuffle=True)
validation_dataloader = DataLoader(TensorDataset(ids[90:], labels[90:]), batch_size=batch_size)
cfg = DistilBertConfig(vocab_size=60, dim=16, hidden_dim=32, n_layers=1, n_heads=2, num_labels=2, seq_classif_dropout=0.2)  #M 16; 32; 1; 2; #T 0.2
model = DistilBertForSequenceClassification(cfg)
# %%
optimizer = AdamW(model.parameters(), lr=2e-3, eps=1e-8)  #T 2e-3; AdamW; #M 1e-8
epochs = 2
total_steps = len(train_dataloader) * epochs
scheduler = get_linear_schedule_with_warmup(optimizer, num_warmup_steps=0, num_training_steps=total_steps)  #T 0
progress_bar = tqdm(range(total_steps))

for epoch_i in range(epochs):
    model.train()
    total_train_loss = 0
    for batch in train_dataloader:
        outputs = model(input_ids=batch[0], labels=batch[1])
        loss = outputs.loss
        loss.backward()
        total_train_loss += loss.item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)  #M 1.0
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        progress_bar.update(1)
    avg_train_loss = total_train_loss / len(train_dataloader)

    model.eval()
    hits = 0
    for batch in validation_dataloader:
        with torch.no_grad():
            logits = model(input_ids=batch[0]).logits
        hits += (logits.argmax(-1) == batch[1]).sum().item()
    accuracy = hits / 30
    print(f"epoch {epoch_i}: train loss {avg_train_loss:.3f}, accuracy {accuracy:.3f}")
