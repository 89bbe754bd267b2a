#: framework: sklearn
#: style: pipeline, only printed metric
#: objective: maximize printed "F1:"
#: also: maximize f1_score(y_te, pred, average="macro")
#: proposed: yes
#: reports: none
# %%
import random

random.seed(3)
good = "great lovely superb brilliant warm fun moving sharp".split()
bad = "dull weak awful noisy flat slow empty silly".split()
neutral = "the film a plot actor scene music was with and very of story".split()


def review(words):
    return " ".join(random.choice(words if random.random() < 0.25 else neutral) for _ in range(12))


texts = [review(good) for _ in range(150)] + [review(bad) for _ in range(150)]
labels = [1] * 150 + [0] * 150
# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline

X_tr, X_te, y_tr, y_te = train_test_split(texts, labels, test_size=0.3, random_state=0)

pipe = Pipeline([
    ("tfidf", TfidfVectorizer(ngram_range=(1, 2), min_df=2, max_features=5000, sublinear_tf=True)),  #T 2; 2@2; 5000; True; #M 1
    ("clf", LogisticRegression(C=1.0, max_iter=1000)),  #T 1.0; #M LogisticRegression
])
pipe.fit(X_tr, y_tr)
pred = pipe.predict(X_te)
print("F1:", f1_score(y_te, pred, average="macro"))
