#: framework: transformers
#: style: fit call, TrainingArguments, compute_metrics function, trailing expression
#: objective: maximize metrics["eval_accuracy"]
#: also: minimize metrics["eval_loss"]
#: also: maximize trainer.evaluate()["eval_accuracy"]
#: also: minimize trainer.evaluate()["eval_loss"]
#: also: maximize trainer.state.log_history[-1]["eval_accuracy"]
#: proposed: yes
#: reports: 2
# %%
import numpy as np
import torch
from torch.utils.data import Dataset
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments, set_seed

set_seed(42)
rng = np.random.default_rng(0)
ids = rng.integers(5, 50, size=(96, 12))
labels = (ids > 30).sum(1) > 5


class ReviewDataset(Dataset):
    def __init__(self, ids, labels):
        self.ids, self.labels = ids, labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return {
            "input_ids": torch.tensor(self.ids[i]),
            "attention_mask": torch.ones(len(self.ids[i]), dtype=torch.long),
            "labels": int(self.labels[i]),
        }


train_dataset = ReviewDataset(ids[:64], labels[:64])
eval_dataset = ReviewDataset(ids[64:], labels[64:])
# %%
def compute_metrics(eval_pred):
    logits, labels = eval_pred
    return {"accuracy": float((np.argmax(logits, axis=-1) == labels).mean())}
# %%
config = BertConfig(
    vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, num_labels=2  #M 16; 1; 2; 32
)
model = BertForSequenceClassification(config)
training_args = TrainingArguments(
    output_dir="results",
    num_train_epochs=2,
    per_device_train_batch_size=16,  #T 16
    per_device_eval_batch_size=32,
    learning_rate=5e-4,  #T 5e-4
    weight_decay=0.01,  #T 0.01
    warmup_steps=2,  #T 2
    eval_strategy="epoch",
    save_strategy="no",
    logging_strategy="epoch",
    report_to="none",
    use_cpu=True,
    seed=42,
)
trainer = Trainer(
    model=model,
    args=training_args,
    train_dataset=train_dataset,
    eval_dataset=eval_dataset,
    compute_metrics=compute_metrics,
)
trainer.train()
metrics = trainer.evaluate()
metrics
