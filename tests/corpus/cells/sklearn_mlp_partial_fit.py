#: framework: sklearn
#: style: partial_fit loop, script-like top-level loop
#: objective: maximize val_scores[-1]
#: also: maximize max(val_scores)
#: proposed: yes
#: reports: 6
# %%
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

X, y = load_digits(return_X_y=True)
X_train, X_val, y_train, y_val = train_test_split(X / 16.0, y, test_size=0.3, random_state=10)
# %%
N_EPOCHS = 6
mlp = MLPClassifier(
    hidden_layer_sizes=(64, 32),  #T 64; 32
    activation="relu",  #T "relu"
    solver="adam",  #T "adam"
    alpha=1e-4,  #T 1e-4
    learning_rate_init=2e-3,  #T 2e-3
    batch_size=64,  #T 64
    random_state=1,
)
train_scores, val_scores = [], []
classes = np.unique(y)
for epoch in range(N_EPOCHS):
    mlp.partial_fit(X_train, y_train, classes=classes)
    train_scores.append(mlp.score(X_train, y_train))
    val_scores.append(mlp.score(X_val, y_val))
    print(f"{epoch}: {train_scores[-1]:.3f} {val_scores[-1]:.3f}")
