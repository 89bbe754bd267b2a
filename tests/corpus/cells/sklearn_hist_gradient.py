#: framework: sklearn
#: style: fit call, keyword arguments, attribute as objective
#: objective: maximize hgb.score(X_valid, y_valid)
#: also: maximize valid_acc
#: proposed: yes
#: reports: 30
# %%
from sklearn.datasets import make_hastie_10_2
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split

X, y = make_hastie_10_2(n_samples=1000, random_state=0)
X_train, X_valid, y_train, y_valid = train_test_split(X, y, test_size=0.3, random_state=0)
hgb = HistGradientBoostingClassifier(
    learning_rate=0.2,  #T 0.2
    max_iter=30,  #M 30
    max_leaf_nodes=15,  #T 15
    min_samples_leaf=20,  #T 20
    l2_regularization=0.1,  #T 0.1
    random_state=0,
)
hgb.fit(X_train, y_train)
valid_acc = hgb.score(X_valid, y_valid)
