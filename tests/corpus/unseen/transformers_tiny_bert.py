#: framework: transformers
#: style: Trainer, config object, compute_metrics, trailing expression, earlier cells
#: objective: maximize trainer.evaluate()["eval_accuracy"]
#: also: minimize trainer.evaluate()["eval_loss"]
#: also: maximize metrics["eval_accuracy"]
#: also: maximize metrics["eval_f1"]
#: also: minimize metrics["eval_loss"]
#: proposed: yes
#: reports: 2
#: clock: metrics
# %%
import tempfile

import numpy as np
import torch
from sklearn.metrics import accuracy_score, f1_score
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    Trainer,
    TrainingArguments,
    set_seed,
)

set_seed(21)
VOCAB, MAX_LEN = 60, 12


class ToyReviews(torch.utils.data.Dataset):
    """Token 5-14 are 'good' words, 15-24 'bad' ones; the majority decides."""

    def __init__(self, size, seed):
        g = np.random.default_rng(seed)
        self.ids = g.integers(5, VOCAB, size=(size, MAX_LEN))
        good = ((self.ids >= 5) & (self.ids < 15)).sum(1)
        bad = ((self.ids >= 15) & (self.ids < 25)).sum(1)
        self.labels = (good > bad).astype(int)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return {
            "input_ids": torch.tensor(self.ids[i]),
            "attention_mask": torch.ones(MAX_LEN, dtype=torch.long),
            "labels": int(self.labels[i]),
        }


train_ds, eval_ds = ToyReviews(256, seed=0), ToyReviews(100, seed=1)

# %%
bert_config = BertConfig(
    vocab_size=VOCAB,
    hidden_size=32,  #T 32
    num_hidden_layers=1,  #T 1
    num_attention_heads=2,  #T 2
    intermediate_size=64,  #T 64
    hidden_dropout_prob=0.1,  #T 0.1
    attention_probs_dropout_prob=0.1,  #T 0.1
    max_position_embeddings=MAX_LEN,
    num_labels=2,
)
model = BertForSequenceClassification(bert_config)


def compute_metrics(eval_pred):
    logits, labels = eval_pred
    preds = np.argmax(logits, axis=-1)
    return {"accuracy": accuracy_score(labels, preds), "f1": f1_score(labels, preds)}


# %%
training_args = TrainingArguments(
    output_dir=tempfile.mkdtemp(),
    num_train_epochs=2,  #M 2
    per_device_train_batch_size=16,  #T 16
    per_device_eval_batch_size=50,
    learning_rate=5e-3,  #T 5e-3
    weight_decay=0.01,  #T 0.01
    warmup_steps=5,  #T 5
    lr_scheduler_type="cosine",  #T "cosine"
    eval_strategy="epoch",
    save_strategy="no",
    logging_steps=8,
    report_to="none",
    disable_tqdm=True,
    seed=21,
    use_cpu=True,
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
metrics
