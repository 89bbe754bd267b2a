%matplotlib inline
!echo training \
   starts
C = 1.0  # hpo: 1e-2..1e2 log
files = !ls
from sklearn.linear_model import LogisticRegression
clf = LogisticRegression(C=C)
%time clf.fit(X, y)
accuracy = clf.score(X, y)
x = 7
x %= 4
