#: framework: transformers
#: style: HF Trainer, earlier cells
#: objective: maximize metrics["eval_accuracy"]
#: also: minimize metrics["eval_loss"]
#: also: maximize trainer.evaluate()["eval_accuracy"]
#: also: minimize trainer.evaluate()["eval_loss"]
#: proposed: yes
#: reports: 2
# %%
import numpy as np
import torch
from transformers import (
    DistilBertConfig,
    DistilBertForSequenceClassification,
    Trainer,
    TrainingArguments,
    set_seed,
)

set_seed(101)

# %%
rng = np.random.default_rng(101)
tokens = rng.integers(5, 60, size=(260, 12))
flag = (tokens < 20).sum(1) > 3


class TokenDataset(torch.utils.data.Dataset):
    def __init__(self, tokens, labels):
        self.tokens = torch.tensor(tokens)
        self.labels = torch.tensor(labels).long()

    def __len__(self):
        return len(self.tokens)

    def __getitem__(self, i):
        return {
            "input_ids": self.tokens[i],
            "attention_mask": torch.ones_like(self.tokens[i]),
            "labels": self.labels[i],
        }


train_ds = TokenDataset(tokens[:200], flag[:200])
eval_ds = TokenDataset(tokens[200:], flag[200:])


def compute_metrics(p):
    predicted = p.predictions.argmax(-1)
    return {"accuracy": float((predicted == p.label_ids).mean())}


# %%
set_seed(101)
config = DistilBertConfig(
    vocab_size=60,
    dim=32,  #T 32
    hidden_dim=64,  #T 64
    n_layers=1,  #T 1
    n_heads=2,  #T 2
    dropout=0.1,  #T 0.1
    seq_classif_dropout=0.2,  #T 0.2
    max_position_embeddings=16,  #M 16
    num_labels=2,
)
model = DistilBertForSequenceClassification(config)

training_args = TrainingArguments(
    output_dir="distil-out",
    learning_rate=1e-3,  #T 1e-3
    per_device_train_batch_size=25,  #T 25
    per_device_eval_batch_size=60,
    num_train_epochs=2,  #M 2
    weight_decay=0.01,  #T 0.01
    warmup_steps=4,  #T 4
    lr_scheduler_type="cosine",  #T "cosine"
    eval_strategy="epoch",
    save_strategy="no",
    logging_strategy="no",
    report_to="none",
    disable_tqdm=True,
    use_cpu=True,
    seed=101,
)
trainer = Trainer(
    model=model,
    args=training_args,
    train_dataset=train_ds,
    eval_dataset=eval_ds,
    compute_metrics=compute_metrics,
)
trainer.train()
metrics = trainer.evaluate()
print(metrics["eval_accuracy"])
