from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.25, random_state=0)
clf = make_pipeline(
    StandardScaler(),
    RandomForestClassifier(n_estimators=10, max_depth=4, min_samples_leaf=2, random_state=0),
)
clf.fit(X_train, y_train)
val_score = clf.score(X_val, y_val)
val_score
