#: framework: skorch
#: style: fit call, model class in the cell, only printed metric
#: objective: maximize valid_acc
#: also: maximize net.history[-1, "valid_acc"]
#: also: minimize net.history[-1, "valid_loss"]
#: proposed: yes
#: reports: 4
# %%
import numpy as np
import torch
from sklearn.datasets import make_classification
from skorch import NeuralNetClassifier
from torch import nn

X, y = make_classification(500, 20, n_informative=10, random_state=0)
X, y = X.astype(np.float32), y.astype(np.int64)
# %%
torch.manual_seed(0)


class MyModule(nn.Module):
    def __init__(self, num_units=10, nonlin=nn.ReLU()):  #M 10; ReLU
        super().__init__()
        self.dense0 = nn.Linear(20, num_units)
        self.nonlin = nonlin
        self.dropout = nn.Dropout(0.5)  #T 0.5
        self.output = nn.Linear(num_units, 2)

    def forward(self, X):
        X = self.dropout(self.nonlin(self.dense0(X)))
        return self.output(X)


net = NeuralNetClassifier(
    MyModule,
    module__num_units=32,  #T 32
    criterion=nn.CrossEntropyLoss,  #M CrossEntropyLoss
    optimizer=torch.optim.Adam,  #T Adam
    max_epochs=4,
    lr=0.01,  #T 0.01
    batch_size=64,  #T 64
    verbose=0,
    iterator_train__shuffle=True,
)
net.fit(X, y)
valid_acc = net.history[-1, "valid_acc"]
print("valid acc", valid_acc)
