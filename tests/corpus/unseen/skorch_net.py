#: framework: skorch
#: style: fit call, callbacks, module class, one cell
#: objective: maximize test_acc
#: also: maximize net.history[-1, "valid_acc"]
#: also: minimize net.history[-1, "valid_loss"]
#: also: maximize net.history[-1]["valid_acc"]
#: also: minimize net.history[-1]["valid_loss"]
#: also: maximize printed "Test accuracy:"
#: proposed: yes
#: reports: 3
# %%
import numpy as np
import torch
from sklearn.datasets import make_classification
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from skorch import NeuralNetClassifier
from skorch.callbacks import EarlyStopping, EpochScoring
from torch import nn

torch.manual_seed(0)
X, y = make_classification(
    n_samples=1000, n_features=20, n_informative=8, n_classes=3, random_state=0
)
X = X.astype(np.float32)
y = y.astype(np.int64)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)


class TabularNet(nn.Module):
    def __init__(self, num_units=10, nonlin=nn.ReLU(), p_drop=0.5):  #M 10; 0.5 #T ReLU
        super().__init__()
        self.hidden = nn.Linear(20, num_units)
        self.nonlin = nonlin
        self.drop = nn.Dropout(p_drop)
        self.hidden2 = nn.Linear(num_units, num_units)
        self.out = nn.Linear(num_units, 3)

    def forward(self, X):
        X = self.drop(self.nonlin(self.hidden(X)))
        X = self.nonlin(self.hidden2(X))
        return self.out(X)


net = NeuralNetClassifier(
    TabularNet,
    module__num_units=64,  #T 64
    module__p_drop=0.15,  #T 0.15
    criterion=nn.CrossEntropyLoss,  #M nn.CrossEntropyLoss
    optimizer=torch.optim.Adam,  #T torch.optim.Adam
    optimizer__weight_decay=1e-5,  #T 1e-5
    lr=0.005,  #T 0.005
    batch_size=64,  #T 64
    max_epochs=3,  #M 3
    iterator_train__shuffle=True,
    callbacks=[
        ("f1", EpochScoring("f1_macro", lower_is_better=False)),
        ("stop", EarlyStopping(patience=5)),  #M 5
    ],
)
net.fit(X_train, y_train)

test_acc = accuracy_score(y_test, net.predict(X_test))
print(f"Test accuracy: {test_acc:.3f}")
