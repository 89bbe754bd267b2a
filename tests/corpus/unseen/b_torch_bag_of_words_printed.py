#: framework: torch
#: style: only printed, earlier cells
#: objective: maximize printed "dev accuracy:"
#: also: maximize evaluate(clf, dev_ids, dev_y)
#: proposed: yes
#: reports: 2
# %%
import random

import torch
import torch.nn as nn

random.seed(3)
torch.manual_seed(3)
GOOD = "great lovely superb moving funny crisp warm clever".split()
BAD = "dull slow messy flat noisy bland cold clumsy".split()
FILLER = "the film a plot actor scene was with and very quite but score".split()


def sentence(label):
    mood = GOOD if label else BAD
    other = BAD if label else GOOD
    words = random.choices(FILLER, k=8) + random.choices(mood, k=2) + random.choices(other, k=1)
    random.shuffle(words)
    return words


y = [random.randint(0, 1) for _ in range(800)]
texts = [sentence(label) for label in y]
vocab = {w: i for i, w in enumerate(sorted({w for s in texts for w in s}))}
ids = torch.tensor([[vocab[w] for w in s] for s in texts])
y = torch.tensor(y)
train_ids, dev_ids = ids[:600], ids[600:]
train_y, dev_y = y[:600], y[600:]

# %%
EMBED_DIM = 20  #T 20
HIDDEN = 32  #T 32

class BagClassifier(nn.Module):
    def __init__(self, n_words):
        super().__init__()
        self.bag = nn.EmbeddingBag(n_words, EMBED_DIM, mode="mean")  #M "mean"
        self.fc1 = nn.Linear(EMBED_DIM, HIDDEN)
        self.act = nn.Tanh()  #T Tanh
        self.fc2 = nn.Linear(HIDDEN, 2)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(self.bag(x))))

def evaluate(model, x, y):
    model.eval()
    with torch.no_grad():
        return (model(x).argmax(-1) == y).float().mean().item()

clf = BagClassifier(len(vocab))
optimizer = torch.optim.Adam(clf.parameters(), lr=5e-3, weight_decay=1e-5)  #T Adam; 5e-3; 1e-5

# %%
batch_size = 40  #T 40
for epoch in range(2):  #M 2
    clf.train()
    shuffled = torch.randperm(len(train_ids))
    for i in range(0, len(shuffled), batch_size):
        rows = shuffled[i:i + batch_size]
        loss = nn.functional.cross_entropy(clf(train_ids[rows]), train_y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"Epoch {epoch} done, dev accuracy: {100 * evaluate(clf, dev_ids, dev_y):.2f}%")
