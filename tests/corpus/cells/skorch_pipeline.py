#: framework: skorch
#: style: pipeline, fit call, callbacks, trailing expression
#: objective: maximize pipe.score(X_test, y_test)
#: also: minimize net.history[-1, "valid_loss"]
#: proposed: yes
#: reports: 3
# %%
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler
from skorch import NeuralNetClassifier
from skorch.callbacks import EarlyStopping, LRScheduler
from torch import nn

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X.astype("float32"), y, test_size=0.25, random_state=42)
# %%
class ClassifierModule(nn.Module):
    def __init__(self, input_dim=64, hidden_dim=40, output_dim=10, dropout=0.3):  #T 40; 0.3
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.hidden = nn.Linear(input_dim, hidden_dim)
        self.output = nn.Linear(hidden_dim, output_dim)

    def forward(self, X):
        X = self.dropout(F.relu(self.hidden(X)))  #M relu
        return F.softmax(self.output(X), dim=-1)
# %%
torch.manual_seed(0)
net = NeuralNetClassifier(
    ClassifierModule,
    max_epochs=3,
    lr=0.1,  #T 0.1
    optimizer=torch.optim.SGD,  #T SGD
    optimizer__momentum=0.9,  #T 0.9
    optimizer__weight_decay=1e-4,  #T 1e-4
    batch_size=128,  #T 128
    callbacks=[EarlyStopping(patience=5), LRScheduler(policy="StepLR", step_size=2, gamma=0.5)],  #T 0.5; #M 5; 2; "StepLR"
    verbose=0,
)
pipe = Pipeline([("scale", MinMaxScaler()), ("net", net)])
pipe.fit(X_train, y_train)
pipe.score(X_test, y_test)
