#: framework: skorch
#: style: fit call, pipeline
#: objective: maximize net.history[-1, "valid_acc"]
#: also: minimize net.history[-1, "valid_loss"]
#: also: maximize test_acc
#: also: maximize pipe.score(X_test, y_test)
#: proposed: yes
#: reports: 3
# %%
import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import LRScheduler
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import RobustScaler
from torch import nn

torch.manual_seed(14)
np.random.seed(14)
X, y = make_classification(n_samples=700, n_features=16, n_informative=7, n_classes=3, random_state=14)
X, y = X.astype(np.float32), y.astype(np.int64)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=14)


class Net(nn.Module):
    def __init__(self, num_units=40, dropout=0.15, nonlin=nn.ReLU()):  #T 40; 0.15; ReLU
        super().__init__()
        self.dense0 = nn.Linear(16, num_units)
        self.dense1 = nn.Linear(num_units, 20)  #T 20
        self.nonlin = nonlin
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(20, 3)  #M 20

    def forward(self, X):
        X = self.dropout(self.nonlin(self.dense0(X)))
        return self.output(self.nonlin(self.dense1(X)))


net = NeuralNetClassifier(
    Net,
    criterion=nn.CrossEntropyLoss,
    optimizer=torch.optim.Adam,  #T Adam
    optimizer__weight_decay=1e-4,  #T 1e-4
    lr=0.01,  #T 0.01
    batch_size=64,  #T 64
    max_epochs=3,  #M 3
    callbacks=[LRScheduler(policy="ExponentialLR", gamma=0.9)],  #T 0.9 #M "ExponentialLR"
    iterator_train__shuffle=True,
    verbose=0,
)
pipe = Pipeline([("scale", RobustScaler()), ("net", net)])  #T RobustScaler
pipe.fit(X_train, y_train)
test_acc = pipe.score(X_test, y_test)
print(f"test accuracy {test_acc:.3f}")
