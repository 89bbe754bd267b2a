#: framework: sklearn
#: style: unsupervised, trailing expression, one cell
#: objective: maximize silhouette_score(X_pca, labels)
#: also: minimize km.inertia_
#: also: maximize adjusted_rand_score(y_true, labels)
#: also: maximize printed "ARI vs. hidden groups:"
#: proposed: yes
#: reports: none
# %%
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import RobustScaler

X, y_true = make_blobs(n_samples=500, n_features=8, centers=5, cluster_std=3.0, random_state=10)
customers = pd.DataFrame(X, columns=[f"f{i}" for i in range(8)])
customers["f7"] *= 50

X_scaled = RobustScaler(quantile_range=(10, 90)).fit_transform(customers)  #T RobustScaler #M (10, 90)
pca = PCA(n_components=3, random_state=10)  #T 3
X_pca = pca.fit_transform(X_scaled)

km = KMeans(n_clusters=4, init="k-means++", n_init=5, max_iter=100, random_state=10)  #T 4; "k-means++" #M KMeans; 5; 100
labels = km.fit_predict(X_pca)
customers["segment"] = labels

print(customers.groupby("segment").size())
print("ARI vs. hidden groups:", adjusted_rand_score(y_true, labels))
silhouette_score(X_pca, labels)
