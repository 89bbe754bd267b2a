#: framework: transformers
#: style: fit call, keyword arguments, only printed metric
#: objective: minimize perplexity
#: also: minimize eval_results["eval_loss"]
#: also: minimize printed "Perplexity:"
#: proposed: yes
#: reports: 2
# %%
import math

import numpy as np
import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments, default_data_collator, set_seed

set_seed(0)
block_size = 16  #M 16
stream = np.tile(np.arange(2, 26), 60) + np.random.default_rng(0).integers(0, 2, 24 * 60)
blocks = stream[: len(stream) // block_size * block_size].reshape(-1, block_size)
lm_datasets = [{"input_ids": b.tolist(), "labels": b.tolist()} for b in blocks]
# %%
def model_init():
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=32, n_positions=16, n_embd=24, n_layer=1, n_head=2, resid_pdrop=0.1)  #T 24; 1; 2; 0.1
    return GPT2LMHeadModel(config)
# %%
args = TrainingArguments(
    "lm-out",
    per_device_train_batch_size=16,  #T 16
    num_train_epochs=2,
    learning_rate=3e-3,  #T 3e-3
    lr_scheduler_type="cosine",  #T "cosine"
    warmup_steps=3,  #T 3
    weight_decay=0.01,  #T 0.01
    max_grad_norm=1.0,  #M 1.0
    logging_steps=10,
    eval_strategy="epoch",
    save_strategy="no",
    report_to=[],
    use_cpu=True,
)
trainer = Trainer(
    model_init=model_init,
    args=args,
    train_dataset=lm_datasets[:64],
    eval_dataset=lm_datasets[64:],
    data_collator=default_data_collator,
)
trainer.train()
eval_results = trainer.evaluate()
perplexity = math.exp(eval_results["eval_loss"])
print(f"Perplexity: {perplexity:.2f}")
