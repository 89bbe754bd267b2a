#: framework: sklearn
#: style: fit call, unsupervised, trailing expression
#: objective: maximize silhouette_score(X_pca, labels)
#: proposed: yes
#: reports: none
# %%
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler

X = StandardScaler().fit_transform(load_iris().data)
X_pca = PCA(n_components=2).fit_transform(X)  #T 2
# %%
kmeans = KMeans(n_clusters=3, n_init=10, init="k-means++", random_state=42)  #T 3; #M 10; "k-means++"
labels = kmeans.fit_predict(X_pca)
silhouette_score(X_pca, labels)
