"""Cells as hurried people write them: exactly what is proposed in each, and how far."""

# ruff: noqa: E501 - the cells are as people type them

from __future__ import annotations

import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.space import Categorical, Distribution

# the cell -> name of each proposal: its range
CELLS: dict[str, tuple[str, dict[str, str]]] = {
    "text pipeline of scikit-learn": (
        """
import pandas as pd, numpy as np
from sklearn.model_selection import train_test_split, StratifiedKFold
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler, MinMaxScaler
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.decomposition import PCA
from sklearn.svm import SVC
train = pd.read_csv('../input/train.csv')
tfidf = TfidfVectorizer(max_features=20000, ngram_range=(1,2), min_df=3, stop_words='english')
Xt = tfidf.fit_transform(train.text)
x_tr, x_va, y_tr, y_va = train_test_split(Xt, y, test_size=0.2, random_state=42)
clf = LogisticRegression(C=4, max_iter=1000, n_jobs=-1, solver='saga', penalty='l2')
clf.fit(x_tr, y_tr)
print('acc', accuracy_score(y_va, clf.predict(x_va)))
pipe = make_pipeline(StandardScaler(), PCA(n_components=30), SVC(C=10, gamma=0.001, kernel='rbf', probability=True))
scores = cross_val_score(pipe, X, y, cv=5, scoring='accuracy')
plt.figure(figsize=(10, 6)); plt.plot(range(10), alpha=0.3, lw=2)
""",
        {
            "max_features": "5000..80000 log",
            "ngram_range": "(1, 2) | (1, 1) | (1, 3)",
            "min_df": "1..10",
            "LogisticRegression.C": "0.001..1000 log",
            "scaler": "StandardScaler | MinMaxScaler | RobustScaler | MaxAbsScaler",
            "n_components": "7..60 log",
            "SVC.C": "0.001..1000 log",
            "gamma": "1e-05..10 log",
            "kernel": "rbf | linear | poly | sigmoid",
        },
    ),
    "boosting with folds": (
        """
from xgboost import XGBClassifier
import lightgbm as lgb
SEED = 42
N_FOLDS = 5
params = {
    'objective': 'binary', 'metric': 'auc', 'boosting_type': 'gbdt', 'learning_rate': 0.05,
    'num_leaves': 31, 'max_depth': -1, 'feature_fraction': 0.8, 'bagging_fraction': 0.8, 'bagging_freq': 5,
    'lambda_l1': 0.1, 'lambda_l2': 0, 'min_child_samples': 20, 'verbose': -1, 'seed': SEED, 'n_jobs': 4, 'max_bin': 255
}
skf = StratifiedKFold(n_splits=N_FOLDS, shuffle=True, random_state=SEED)
oof = np.zeros(len(X))
for fold, (tr, va) in enumerate(skf.split(X, y)):
    dtr = lgb.Dataset(X[tr], y[tr]); dva = lgb.Dataset(X[va], y[va])
    model = lgb.train(params, dtr, num_boost_round=1000, valid_sets=[dva], callbacks=[lgb.early_stopping(50), lgb.log_evaluation(100)])
    oof[va] = model.predict(X[va], num_iteration=model.best_iteration)
auc = roc_auc_score(y, oof)
xgb = XGBClassifier(n_estimators=500, max_depth=6, learning_rate=0.1, subsample=0.8, colsample_bytree=0.8, gamma=0, min_child_weight=1, reg_alpha=0.01, reg_lambda=1, tree_method='hist', eval_metric='auc', early_stopping_rounds=20, scale_pos_weight=3)
""",
        {
            "params.learning_rate": "0.01..0.3 log",
            "num_leaves": "8..256 log",
            "params.max_depth": "-1 | 4 | 6 | 8 | 12",
            "feature_fraction": "0.5..1",
            "bagging_fraction": "0.5..1",
            "bagging_freq": "0..7",
            "lambda_l1": "1e-08..10 log",
            "lambda_l2": "1e-08..10 log",
            "min_child_samples": "5..100 log",
            "max_bin": "63 | 127 | 255",
            "num_boost_round": "250..4000 log",
            "n_estimators": "125..2000 log",
            "XGBClassifier.max_depth": "2..12",
            "XGBClassifier.learning_rate": "0.01..0.3 log",
            "subsample": "0.5..1",
            "colsample_bytree": "0.5..1",
            "gamma": "0..5",
            "min_child_weight": "1..20 log",
            "reg_alpha": "1e-08..10 log",
            "reg_lambda": "1e-08..10 log",
            "scale_pos_weight": "0.3..30 log",
        },
    ),
    "keras functional text model": (
        """
from tensorflow.keras.models import Sequential, Model
from tensorflow.keras.layers import *
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.callbacks import EarlyStopping, ReduceLROnPlateau
import tensorflow as tf
max_words = 10000
maxlen = 100
embedding_dim = 64
inp = Input(shape=(maxlen,))
x = Embedding(max_words, embedding_dim)(inp)
x = SpatialDropout1D(0.2)(x)
x = Bidirectional(LSTM(64, return_sequences=True, dropout=0.1))(x)
x = GlobalMaxPooling1D()(x)
x = Dense(64, activation='relu')(x)
x = BatchNormalization()(x)
x = Dropout(0.5)(x)
out = Dense(1, activation='sigmoid')(x)
model = Model(inp, out)
model.compile(loss='binary_crossentropy', optimizer=Adam(lr=1e-3, decay=1e-6), metrics=['acc'])
es = EarlyStopping(monitor='val_loss', patience=3, min_delta=0.001)
rlr = ReduceLROnPlateau(factor=0.5, patience=2, min_lr=1e-6)
history = model.fit(x_train, y_train, batch_size=64, epochs=10, validation_split=0.1, callbacks=[es, rlr], verbose=2)
""",
        {
            "maxlen": "50..200 log",
            "embedding_dim": "16..256 log",
            "SpatialDropout1D.rate": "0..0.7",
            "LSTM.units": "16..256 log",
            "dropout": "0..0.7",
            "activation": "relu | elu | gelu | silu | tanh",
            "Dropout.rate": "0..0.7",
            "lr": "1e-05..0.1 log",
            "decay": "1e-07..0.1 log",
            "ReduceLROnPlateau.factor": "0.1..0.8",
            "patience": "1..10",
            "batch_size": "16 | 32 | 64 | 128 | 256",
        },
    ),
    "keras sequential image model": (
        """
import tensorflow as tf
model = tf.keras.models.Sequential()
model.add(tf.keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1), padding='same'))
model.add(tf.keras.layers.MaxPooling2D((2, 2)))
model.add(tf.keras.layers.Conv2D(64, (3, 3), activation='relu', padding='same'))
model.add(tf.keras.layers.MaxPooling2D(2))
model.add(tf.keras.layers.Flatten())
model.add(tf.keras.layers.Dense(128, activation='relu', kernel_regularizer=tf.keras.regularizers.l2(0.001)))
model.add(tf.keras.layers.Dropout(0.25))
model.add(tf.keras.layers.Dense(10))
model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=0.01, momentum=0.9), loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
datagen = ImageDataGenerator(rotation_range=10, zoom_range=0.1, width_shift_range=0.1, rescale=1./255)
model.fit(datagen.flow(X, y, batch_size=86), epochs=30, steps_per_epoch=100)
""",
        {
            "Conv2D.filters": "8..128 log",
            "kernel_size": "(3, 3) | (5, 5) | (7, 7)",
            "activation": "relu | elu | gelu | silu | tanh",
            "Conv2D_2.filters": "16..256 log",
            "Dense.units": "32..512 log",
            "l2": "1e-06..0.1 log",
            "Dropout.rate": "0..0.7",
            "optimizer": "SGD | RMSprop",
            "learning_rate": "0.0001..0.1 log",
            "momentum": "0..0.99",
            "rotation_range": "0..45",
            "zoom_range": "0..0.4",
            "width_shift_range": "0..0.4",
            "batch_size": "21 | 43 | 86 | 172 | 344",
        },
    ),
    "argparse": (
        """
import argparse, torch
import torch.nn as nn, torch.optim as optim
parser = argparse.ArgumentParser()
parser.add_argument('--lr', type=float, default=1e-3, help='lr')
parser.add_argument('--batch-size', type=int, default=64)
parser.add_argument('--test-batch-size', type=int, default=1000)
parser.add_argument('--epochs', type=int, default=14)
parser.add_argument('--gamma', type=float, default=0.7)
parser.add_argument('--seed', type=int, default=1)
parser.add_argument('--log-interval', type=int, default=10)
parser.add_argument('--hidden', default=128, type=int)
args = parser.parse_args([])
scheduler = StepLR(optimizer, step_size=1, gamma=args.gamma)
for epoch in range(1, args.epochs + 1):
    for batch_idx, (data, target) in enumerate(train_loader):
        if batch_idx % args.log_interval == 0:
            print(epoch, 100. * batch_idx / len(train_loader))
""",
        {
            "lr": "1e-05..0.1 log",
            "batch_size": "16 | 32 | 64 | 128 | 256",
            "gamma": "0.1..0.9",
            "hidden": "32..512 log",
            "step_size": "1..5",
        },
    ),
    "dataclass and class attributes": (
        """
from dataclasses import dataclass, field
@dataclass
class Config:
    lr: float = 3e-4
    hidden_dim: int = 256
    n_layers: int = 4
    dropout: float = 0.1
    vocab_size: int = 50257
    device: str = 'cuda'
    epochs: int = 10
    seed: int = 42
    weight_decay: float = field(default=0.01)
cfg = Config(lr=1e-3)
class CFG:
    img_size = 224
    lr = 1e-4
    min_lr = 1e-6
    model_name = 'resnet34'
    num_workers = 4
    train_bs = 32
    valid_bs = 64
    wd = 1e-6
    T_max = 10
    print_freq = 100
opt = torch.optim.AdamW(model.parameters(), lr=CFG.lr, weight_decay=CFG.wd)
""",
        {
            "hidden_dim": "64..1024 log",
            "n_layers": "1..6",
            "dropout": "0..0.7",
            "weight_decay": "1e-06..0.1 log",
            "cfg.lr": "1e-05..0.1 log",
            "CFG.lr": "1e-06..0.01 log",
            "train_bs": "8 | 16 | 32 | 64 | 128",
            "wd": "1e-07..0.1 log",
            "optimizer": "Adam | AdamW | SGD | RMSprop",
        },
    ),
    "lightning": (
        """
import pytorch_lightning as pl, torch, torch.nn as nn
class LitModel(pl.LightningModule):
    def __init__(self, input_dim, hidden_dim=64, lr=1e-3, dropout=0.2):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(input_dim, hidden_dim), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden_dim, 1))
    def forward(self, x):
        return self.net(x)
    def configure_optimizers(self):
        opt = torch.optim.Adam(self.parameters(), lr=self.hparams.lr)
        sch = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=3)
        return {'optimizer': opt, 'lr_scheduler': sch, 'monitor': 'val_loss'}
model = LitModel(10, hidden_dim=128)
trainer = pl.Trainer(max_epochs=20, gradient_clip_val=0.5, accumulate_grad_batches=2, callbacks=[EarlyStopping('val_loss', patience=5)], log_every_n_steps=10)
trainer.fit(model, train_loader, val_loader)
""",
        {
            "lr": "1e-05..0.1 log",
            "dropout": "0..0.7",
            "activation": "ReLU | LeakyReLU | ELU | SiLU | GELU | Tanh",
            "optimizer": "Adam | AdamW | SGD | RMSprop",
            "patience": "1..10",
            "hidden_dim": "32..512 log",
            "gradient_clip_val": "0.01..10 log",
            "accumulate_grad_batches": "1 | 2 | 4 | 8",
        },
    ),
    "hugging face": (
        """
from transformers import TrainingArguments, Trainer
args = TrainingArguments(output_dir='out', learning_rate=2e-5, per_device_train_batch_size=16, per_device_eval_batch_size=64, num_train_epochs=3, weight_decay=0.01, warmup_ratio=0.1, warmup_steps=500, lr_scheduler_type='linear', evaluation_strategy='epoch', logging_steps=50, seed=42, fp16=True, gradient_accumulation_steps=2, label_smoothing_factor=0.1, save_total_limit=2)
tok = tokenizer(texts, truncation=True, max_length=128, padding='max_length')
peft = LoraConfig(r=8, lora_alpha=16, lora_dropout=0.05, bias='none')
""",
        {
            "learning_rate": "1e-06..0.001 log",
            "per_device_train_batch_size": "4 | 8 | 16 | 32 | 64",
            "weight_decay": "1e-06..0.1 log",
            "warmup_ratio": "0..0.3",
            "warmup_steps": "125..2000 log",
            "lr_scheduler_type": "cosine | linear | constant",
            "gradient_accumulation_steps": "1 | 2 | 4 | 8",
            "label_smoothing_factor": "0..0.3",
            "max_length": "64..256 log",
            "LoraConfig.r": "2 | 4 | 8 | 16 | 32",
            "lora_alpha": "4 | 8 | 16 | 32 | 64",
            "lora_dropout": "0..0.7",
        },
    ),
    "reinforcement learning": (
        """
import gym, torch
GAMMA = 0.99
EPS_START = 0.9
EPS_END = 0.05
EPS_DECAY = 200
TARGET_UPDATE = 10
BATCH_SIZE = 128
TAU = 0.005
LR = 1e-4
memory = ReplayMemory(10000)
num_episodes = 500
optimizer = optim.RMSprop(policy_net.parameters(), lr=LR)
for i in range(num_episodes):
    eps = EPS_END + (EPS_START - EPS_END) * math.exp(-1. * steps / EPS_DECAY)
    optimize(memory, BATCH_SIZE, GAMMA, TAU, TARGET_UPDATE)
""",
        {
            "GAMMA": "0.9..0.9999",
            "EPS_START": "0.01..1",
            "BATCH_SIZE": "32 | 64 | 128 | 256 | 512",
            "TAU": "0.0001..0.1 log",
            "LR": "1e-06..0.01 log",
            "optimizer": "Adam | AdamW | SGD | RMSprop",
        },
    ),
    "a function that builds": (
        """
def get_model(n_units=64, drop=0.3, act='relu'):
    m = keras.Sequential()
    m.add(layers.Dense(n_units, activation=act, input_dim=20))
    m.add(layers.Dropout(drop))
    m.add(layers.Dense(n_units // 2, activation=act))
    m.add(layers.Dense(3, activation='softmax'))
    m.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])
    return m
model = get_model(128)
es = keras.callbacks.EarlyStopping(patience=5)
hist = model.fit(X, y, epochs=20, batch_size=32, verbose=0, callbacks=[es])
""",
        {
            "drop": "0..0.7",
            "act": "relu | elu | gelu | silu | tanh",
            "optimizer": "adam | sgd | rmsprop | adamw",
            "n_units": "32..512 log",
            "batch_size": "8 | 16 | 32 | 64 | 128",
        },
    ),
    "numpy by hand": (
        """
class NeuralNetwork:
    def __init__(self, n_in, n_hidden, n_out, lr=0.1):
        self.W1 = np.random.randn(n_in, n_hidden) * 0.01
        self.b1 = np.zeros((1, n_hidden))
        self.lr = lr
    def backward(self, X, y):
        self.W1 -= self.lr * dW1
net = NeuralNetwork(4, 16, 3)
learning_rate = 0.5
n_iters = 1000
w = np.zeros(5)
for i in range(n_iters):
    grad = X.T @ (sigmoid(X @ w) - y) / len(y) + 0.01 * w
    w = w - 0.1 * grad
    if i % 100 == 0: print(i, w)
    if np.abs(grad).max() < 1e-6: break
""",
        {
            "NeuralNetwork.lr": "0.001..1 log",
            "n_hidden": "4..64 log",
            "lr": "0.001..1 log",
        },
    ),
    "torch with penalties": (
        """
import torch, torch.nn as nn
torch.manual_seed(0)
X = torch.randn(500, 10); y = (X.sum(1) > 0).float()
loader = DataLoader(TensorDataset(X, y), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())
criterion = nn.BCELoss()
optimizer = torch.optim.Adam(model.parameters(), 0.01, betas=(0.9, 0.999), weight_decay=1e-5)
for epoch in range(100):
    for xb, yb in loader:
        loss = criterion(model(xb).squeeze(), yb) + 1e-4 * sum(p.abs().sum() for p in model.parameters())
        optimizer.zero_grad(); loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    if (epoch+1) % 10 == 0:
        print(f'{epoch+1:3d} {loss.item():.4f}')
""",
        {
            "batch_size": "8 | 16 | 32 | 64 | 128",
            "Linear.out_features": "8..128 log",
            "activation": "ReLU | LeakyReLU | ELU | SiLU | GELU | Tanh",
            "optimizer": "Adam | AdamW | NAdam | RAdam",
            "lr": "0.0001..0.1 log",
            "betas[0]": "0.8..0.99",
            "betas[1]": "0.9..0.9999",
            "weight_decay": "1e-06..0.1 log",
            "sum_weight": "1e-05..0.01 log",
            "max_norm": "0.1..10 log",
        },
    ),
    "estimators of scikit-learn": (
        """
from sklearn.ensemble import *
rf = RandomForestClassifier(n_estimators=200, max_depth=10, min_samples_split=5, max_features='sqrt', oob_score=True, random_state=0)
gb = GradientBoostingRegressor(n_estimators=300, learning_rate=0.05, max_depth=3, subsample=0.8, loss='huber')
knn = KNeighborsClassifier(n_neighbors=5, weights='distance', p=2)
km = KMeans(n_clusters=8, n_init=10, max_iter=300)
mlp = MLPClassifier(hidden_layer_sizes=(100, 50), activation='relu', solver='adam', alpha=1e-4, learning_rate_init=0.001, max_iter=300, early_stopping=True)
enet = ElasticNet(alpha=0.1, l1_ratio=0.7)
svr = SVR(C=1.0, epsilon=0.1, kernel='rbf', gamma='scale')
X, y = make_classification(n_samples=1000, n_features=20, n_informative=5, random_state=1)
sel = SelectKBest(chi2, k=10)
poly = PolynomialFeatures(degree=3, include_bias=False)
nb = MultinomialNB(alpha=0.5)
sgd = SGDClassifier(loss='hinge', penalty='l2', alpha=1e-3, max_iter=5, tol=None)
imp = SimpleImputer(strategy='mean')
ada = AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=100, learning_rate=0.5)
grid = GridSearchCV(SVC(C=1), {'C': [1, 10]}, cv=3)
""",
        {
            "RandomForestClassifier.n_estimators": "50..800 log",
            "RandomForestClassifier.max_depth": "2..16",
            "min_samples_split": "2..20 log",
            "max_features": "sqrt | log2 | None",
            "GradientBoostingRegressor.n_estimators": "75..1200 log",
            "GradientBoostingRegressor.learning_rate": "0.01..0.3 log",
            "GradientBoostingRegressor.max_depth": "2..12",
            "subsample": "0.5..1",
            "n_neighbors": "1..50 log",
            "weights": "uniform | distance",
            "KNeighborsClassifier.p": "1..3",
            "n_clusters": "2..12",
            "hidden_layer_sizes[0]": "25..400 log",
            "hidden_layer_sizes[1]": "12..200 log",
            "activation": "relu | tanh | logistic",
            "solver": "adam | sgd",
            "MLPClassifier.alpha": "1e-06..0.01 log",
            "learning_rate_init": "1e-05..0.1 log",
            "ElasticNet.alpha": "0.001..100 log",
            "l1_ratio": "0..1",
            "epsilon": "0.001..1 log",
            "kernel": "rbf | linear | poly | sigmoid",
            "gamma": "scale | auto",
            "SelectKBest.k": "2..20 log",
            "degree": "1..4",
            "MultinomialNB.alpha": "0.001..10 log",
            "penalty": "l2 | l1 | elasticnet",
            "SGDClassifier.alpha": "1e-05..0.1 log",
            "strategy": "mean | median | most_frequent",
            "DecisionTreeClassifier.max_depth": "1..16",
            "AdaBoostClassifier.n_estimators": "25..400 log",
            "AdaBoostClassifier.learning_rate": "0.01..2 log",
        },
    ),
    "transfer learning": (
        """
import torch, torchvision
from torchvision import models, transforms
tfms = transforms.Compose([transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), transforms.RandomRotation(15), transforms.ColorJitter(0.2, 0.2), transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
model = models.resnet18(pretrained=True)
for p in model.parameters(): p.requires_grad = False
num_ftrs = model.fc.in_features
model.fc = nn.Sequential(nn.Linear(num_ftrs, 256), nn.ReLU(), nn.Dropout(0.4), nn.Linear(256, 2))
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
optimizer_ft = optim.SGD(model.parameters(), lr=0.001, momentum=0.9)
exp_lr_scheduler = lr_scheduler.StepLR(optimizer_ft, step_size=7, gamma=0.1)
model = train_model(model, criterion, optimizer_ft, exp_lr_scheduler, num_epochs=25)
""",
        {
            "RandomRotation.degrees": "0..45",
            "brightness": "0..0.6",
            "contrast": "0..0.6",
            "Linear.out_features": "64..1024 log",
            "activation": "ReLU | LeakyReLU | ELU | SiLU | GELU | Tanh",
            "Dropout.p": "0..0.7",
            "label_smoothing": "0..0.3",
            "optimizer": "SGD | RMSprop",
            "lr": "1e-05..0.1 log",
            "momentum": "0..0.99",
            "step_size": "3..14 log",
            "gamma": "0.05..0.9",
        },
    ),
    "u-net": (
        """
class DoubleConv(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(in_channels, out_channels, 3, padding=1), nn.BatchNorm2d(out_channels), nn.ReLU(inplace=True), nn.Conv2d(out_channels, out_channels, 3, padding=1), nn.BatchNorm2d(out_channels), nn.ReLU(inplace=True))
    def forward(self, x):
        return self.conv(x)
class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.d1 = DoubleConv(1, 32)
        self.d2 = DoubleConv(32, 64)
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ConvTranspose2d(64, 32, 2, stride=2)
        self.u1 = DoubleConv(64, 32)
        self.out = nn.Conv2d(32, 1, 1)
    def forward(self, x):
        a = self.d1(x)
        b = self.d2(self.pool(a))
        c = self.up(b)
        x = torch.cat([a, c], dim=1)
        return self.out(self.u1(x))
model = UNet()
""",
        {
            "activation": "ReLU | LeakyReLU | ELU | SiLU | Mish | SELU",
            "d2.out_channels": "16..256 log",
            "u1.out_channels": "8..128 log",
        },
    ),
    "keras functional with a sum": (
        """
import keras
from keras import layers, ops
inputs = keras.Input(shape=(32, 32, 3))
x = layers.Conv2D(32, 3, activation="relu")(inputs)
x = layers.Conv2D(64, 3, activation="relu")(x)
block_1 = layers.MaxPooling2D(3)(x)
x = layers.Conv2D(64, 3, activation="relu", padding="same")(block_1)
x = layers.add([x, block_1])
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dense(256, activation="relu")(x)
x = layers.Dropout(0.5)(x)
outputs = layers.Dense(10)(x)
model = keras.Model(inputs, outputs, name="toy_resnet")
model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss=keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["acc"])
history = model.fit(x_train[:1000], y_train[:1000], batch_size=64, epochs=1, validation_split=0.2)
""",
        {
            "Conv2D.filters": "8..128 log",
            "activation": "relu | elu | gelu | silu | tanh",
            "Conv2D_2.filters": "16..256 log",
            "kernel_size": "3 | 5 | 7",
            "Dense.units": "64..1024 log",
            "Dropout.rate": "0..0.7",
            "optimizer": "Adam | AdamW | SGD | RMSprop",
            "learning_rate": "1e-05..0.1 log",
            "batch_size": "16 | 32 | 64 | 128 | 256",
        },
    ),
    "keras subclass": (
        """
class MyModel(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.conv1 = Conv2D(32, 3, activation='relu')
        self.flatten = Flatten()
        self.d1 = Dense(128, activation='relu')
        self.d2 = Dense(10)
    def call(self, x):
        x = self.conv1(x)
        x = self.flatten(x)
        x = self.d1(x)
        return self.d2(x)
model = MyModel()
optimizer = tf.keras.optimizers.Adam(0.002)
train_ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(10000).batch(32)
test_ds = tf.data.Dataset.from_tensor_slices((x_test, y_test)).batch(32)
EPOCHS = 5
""",
        {
            "conv1.filters": "8..128 log",
            "activation": "relu | elu | gelu | silu | tanh",
            "d1.units": "32..512 log",
            "optimizer": "Adam | AdamW | SGD | RMSprop",
            "learning_rate": "1e-05..0.1 log",
            "batch_size": "8 | 16 | 32 | 64 | 128",
        },
    ),
    "flax and optax": (
        """
import jax, optax, flax.linen as nn
class MLP(nn.Module):
    hidden: int = 64
    @nn.compact
    def __call__(self, x):
        x = nn.Dense(self.hidden)(x)
        x = nn.relu(x)
        x = nn.Dense(features=32)(x)
        x = nn.relu(x)
        return nn.Dense(10)(x)
model = MLP()
tx = optax.adam(learning_rate=1e-3)
tx2 = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(3e-4, weight_decay=0.01))
""",
        {
            "hidden": "16..256 log",
            "activation": "relu | gelu | silu | tanh | elu",
            "Dense.features": "8..128 log",
            "adam.learning_rate": "1e-05..0.1 log",
            "max_norm": "0.1..10 log",
            "adamw.learning_rate": "1e-06..0.01 log",
            "weight_decay": "1e-06..0.1 log",
        },
    ),
    "catboost and xgboost params": (
        """
from catboost import CatBoostClassifier
cat = CatBoostClassifier(iterations=500, learning_rate=0.03, depth=6, l2_leaf_reg=3, random_seed=42, verbose=100, early_stopping_rounds=50, task_type='CPU')
cat.fit(X, y, eval_set=(Xv, yv))
model = lgb.LGBMRegressor(n_estimators=200, num_leaves=63, objective='mae', subsample=0.7, subsample_freq=1, colsample_bytree=0.7, random_state=7)
param = {'max_depth': 3, 'eta': 0.3, 'objective': 'multi:softprob', 'num_class': 3}
num_round = 20
bst = xgb.train(param, dtrain, num_round)
""",
        {
            "iterations": "125..2000 log",
            "learning_rate": "0.01..0.3 log",
            "depth": "2..12",
            "l2_leaf_reg": "1..10 log",
            "n_estimators": "50..800 log",
            "num_leaves": "8..256 log",
            "subsample": "0.5..1",
            "subsample_freq": "0..7",
            "colsample_bytree": "0.5..1",
            "max_depth": "2..12",
            "eta": "0.01..0.9 log",
            "num_round": "5..80 log",
        },
    ),
    "nested configs": (
        """
hyperparameters = dict(lr=0.001, batch_size=32, optimizer="Adam", hidden=[128, 64], weight_decay=1e-4, epochs=10, patience=5, test_size=0.2)
config = {"model": {"n_layers": 2, "d_model": 128, "nhead": 8, "dropout": 0.1}, "train": {"lr": 5e-4, "epochs": 20, "seed": 1, "log_every": 50}, "data": {"path": "x.csv", "max_len": 256, "vocab_size": 30000}}
config["train"]["lr"] = 1e-3
optimizer = getattr(torch.optim, hyperparameters["optimizer"])(model.parameters(), lr=hyperparameters["lr"])
""",
        {
            "hyperparameters.lr": "1e-05..0.1 log",
            "batch_size": "8 | 16 | 32 | 64 | 128",
            "optimizer": "Adam | SGD | RMSprop | AdamW",
            "hidden[0]": "64 | 128 | 256",
            "hidden[1]": "16..256 log",
            "weight_decay": "1e-06..0.1 log",
            "n_layers": "1..6",
            "d_model": "64 | 128 | 256",
            "nhead": "1 | 2 | 4 | 8",
            "dropout": "0..0.7",
            "config.train.lr": "1e-06..0.01 log",
            "max_len": "128..512 log",
            "config.train_2.lr": "1e-05..0.1 log",
        },
    ),
    "what nobody tunes": (
        """
for lr in [0.1, 0.01]:
    for n in (1, 5, 10):
        knn = KNeighborsClassifier(n_neighbors=n)
best_k = 7
best_score = 0.5
threshold = 0.5
model = KNeighborsClassifier(best_k)
pred = (model.predict_proba(X)[:, 1] > threshold).astype(int)
sns.heatmap(cm, annot=True, alpha=0.5)
df = df[df.age > 18]
X = df.iloc[:, 2:5]
X_train = scaler.fit_transform(X[:800])
noise = 0.1 * np.random.randn(100)
t = np.linspace(0, 10, 500)
""",
        {
            "best_k": "1..50 log",
        },
    ),
    "functions and trials": (
        """
def objective(trial):
    lr = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    return train(lr, hidden=64)
def train(lr, hidden=32, epochs=3, verbose=0):
    model = nn.Sequential(nn.Linear(10, hidden), nn.Tanh(), nn.Linear(hidden, 1))
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    return model
model = train(0.01)
""",
        {
            "activation": "ReLU | LeakyReLU | ELU | SiLU | GELU | Tanh",
            "train.hidden": "16..256 log",
            "train_2.hidden": "8..128 log",
            "optimizer": "Adam | AdamW | SGD | RMSprop",
        },
    ),
    "an encoder of its own": (
        """
class Encoder(nn.Module):
    def __init__(self, input_dim, emb_dim, hid_dim, n_layers, dropout):
        super().__init__()
        self.embedding = nn.Embedding(input_dim, emb_dim)
        self.rnn = nn.LSTM(emb_dim, hid_dim, n_layers, dropout=dropout)
        self.dropout = nn.Dropout(dropout)
    def forward(self, src):
        embedded = self.dropout(self.embedding(src))
        outputs, (hidden, cell) = self.rnn(embedded)
        return hidden, cell
INPUT_DIM = len(SRC.vocab)
ENC_EMB_DIM = 256
HID_DIM = 512
N_LAYERS = 2
ENC_DROPOUT = 0.5
CLIP = 1
enc = Encoder(INPUT_DIM, ENC_EMB_DIM, HID_DIM, N_LAYERS, ENC_DROPOUT)
train_loss = train(model, it, opt, crit, CLIP)
teacher_forcing_ratio = 0.5
""",
        {
            "ENC_EMB_DIM": "64..1024 log",
            "HID_DIM": "128..2048 log",
            "N_LAYERS": "1..6",
            "ENC_DROPOUT": "0..0.7",
            "CLIP": "0.1..10 log",
        },
    ),
    "skorch": (
        """
import torch, torch.nn as nn
from skorch import NeuralNetClassifier
class Net(nn.Module):
    def __init__(self, num_units=10, dropout=0.5):
        super().__init__()
        self.dense0 = nn.Linear(20, num_units)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(num_units, 2)
    def forward(self, X):
        return self.output(self.dropout(torch.relu(self.dense0(X))))
net = NeuralNetClassifier(Net, max_epochs=10, lr=0.1, batch_size=64, module__num_units=32,
    optimizer=torch.optim.Adam, optimizer__weight_decay=1e-4, iterator_train__shuffle=True, verbose=0)
net.fit(X, y)
""",
        {
            "activation": "relu | selu | celu | tanh",
            "dropout": "0..0.7",
            "lr": "0.001..1 log",
            "batch_size": "16 | 32 | 64 | 128 | 256",
            "num_units": "8..128 log",
            "optimizer": "torch.optim.Adam | torch.optim.AdamW | torch.optim.SGD | torch.optim.RMSprop",
            "weight_decay": "1e-06..0.1 log",
        },
    ),
    "linked numbers in expressions": (
        """
lr = 1e-3 * 2
wd = 10 ** -4
kl = f(X)
loss = kl + 0.01 * kl_loss
opt = Adam(params, lr=lr, weight_decay=wd)
lr_at = lambda epoch: lr * 0.95
""",
        {
            "lr": "1e-05..0.1 log",
            "wd": "1e-06..0.1 log",
            "kl_weight": "0.0001..1 log",
            "lr_decay": "0.1..0.999",
        },
    ),
    "epochs and steps only when asked": (
        """
n_epochs = 30
max_iter = 500
for epoch in range(n_epochs):
    for step in range(100):
        loss = train_step(epoch, step, max_iter)
    if epoch % 5 == 0:
        print(f"{epoch} {loss:.3f}", 3)
assert loss < 10
""",
        {
        },
    ),
    "blocks in a loop": (
        """
import torch.nn as nn
def block(n_in, n_out, p=0.1):
    return nn.Sequential(nn.Linear(n_in, n_out), nn.ReLU(), nn.Dropout(p))
layers = [block(20, 64)]
for _ in range(3):
    layers.append(block(64, 64))
layers.append(nn.Linear(64, 3))
model = nn.Sequential(*layers)
""",
        {
            "p": "0..0.7",
            "activation": "ReLU | LeakyReLU | ELU | SiLU | GELU | Tanh",
            "n_out": "16..256 log",
            "n_layers": "1..6",
        },
    ),
}  # fmt: skip


def shown(distribution: Distribution) -> str:
    if isinstance(distribution, Categorical):
        return " | ".join(map(str, distribution.choices))
    scale = " log" if distribution.log else ""
    return f"{distribution.low:g}..{distribution.high:g}{scale}"


@pytest.mark.parametrize(("source", "meant"), CELLS.values(), ids=CELLS)
def test_what_is_proposed(source: str, meant: dict[str, str]) -> None:
    cell = capture(source, names={"X", "y", "f"})
    found = [t for t in cell.tunables if t.distribution is not None]
    assert {t.name: shown(t.distribution) for t in found if t.distribution} == meant
    for tunable in found:
        assert tunable.why
        distribution = tunable.distribution
        assert distribution is not None
        assert tunable.value == 0 or distribution.contains(tunable.value)
