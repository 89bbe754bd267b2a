#: framework: sklearn
#: style: warm_start loop, script-like top-level loop, break
#: objective: maximize best_score
#: also: maximize score
#: proposed: yes
#: reports: 8
# %%
import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

X, y = make_classification(n_samples=600, n_features=12, n_informative=5, flip_y=0.1, random_state=21)
Xtr, Xva, ytr, yva = train_test_split(X, y, test_size=0.3, random_state=21)
# %%
gbc = GradientBoostingClassifier(warm_start=True, max_depth=3, learning_rate=0.25, subsample=0.8, random_state=0)  #T 3; 0.25; 0.8; #M GradientBoostingClassifier
best_score, no_gain = 0, 0
for n in range(5, 45, 5):  #M 45
    gbc.set_params(n_estimators=n)
    gbc.fit(Xtr, ytr)
    score = f1_score(yva, gbc.predict(Xva))
    if score > best_score:
        best_score, no_gain = score, 0
    else:
        no_gain += 1
    if no_gain == 10:  #M 10
        break
best_score
