#: framework: torch
#: style: data augmentation by functions, DataLoader with generator, seed set once at the top, worker of closures
#: objective: maximize val_acc
#: proposed: yes
#: reports: 3
# %%
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
# %%
np.random.seed(0)
torch.manual_seed(0)
# %%
from sklearn.datasets import load_digits

digits = load_digits()
imgs = digits.images.astype("float32") / 16
labels = digits.target
plt.imshow(imgs[0], cmap="gray")
plt.axis("off");
# %%
shift = 1  #T 1
noise_std = 0.08  #T 0.08
# %%
def random_shift(img, k):
    dx, dy = np.random.randint(-k, k + 1, 2)
    return np.roll(img, (dx, dy), axis=(0, 1))


def add_noise(img, std):
    return img + np.random.normal(0, std, img.shape).astype("float32")
# %%
def compose(*fns):
    def apply(img):
        for fn in fns:
            img = fn(img)
        return img

    return apply


augment = compose(lambda im: random_shift(im, shift), lambda im: add_noise(im, noise_std))
# %%
class Digits(torch.utils.data.Dataset):
    def __init__(self, imgs, labels, transform=None):
        self.imgs, self.labels, self.transform = imgs, labels, transform

    def __len__(self):
        return len(self.imgs)

    def __getitem__(self, i):
        img = self.imgs[i]
        if self.transform is not None:
            img = self.transform(img)
        return torch.from_numpy(np.ascontiguousarray(img)).unsqueeze(0), int(self.labels[i])
# %%
train_set = Digits(imgs[:500], labels[:500], augment)
val_set = Digits(imgs[500:700], labels[500:700])
# %%
fig, axes = plt.subplots(1, 4)
for a in axes:
    a.imshow(train_set[3][0].squeeze())
plt.show()
# %%
g = torch.Generator()
g.manual_seed(1)
train_loader = torch.utils.data.DataLoader(train_set, batch_size=50, shuffle=True, generator=g)  #T 50
val_loader = torch.utils.data.DataLoader(val_set, batch_size=100)
# %%
class SmallCNN(nn.Module):
    def __init__(self, c=12, p=0.2):  #T 12; 0.2
        super().__init__()
        self.conv1 = nn.Conv2d(1, c, 3, padding=1)  #M 3
        self.conv2 = nn.Conv2d(c, 2 * c, 3, padding=1)  #M 2; 3
        self.drop = nn.Dropout(p)
        self.fc = nn.Linear(2 * c * 4, 10)  #M 2

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)  #M relu
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)  #M relu
        return self.fc(self.drop(x.flatten(1)))
# %%
cnn = SmallCNN()
optimizer = torch.optim.Adam(cnn.parameters(), lr=4e-3)  #T Adam; 4e-3
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)  #T 0.9; #M ExponentialLR
# %% train
for epoch in range(3):
    cnn.train()
    for xb, yb in train_loader:
        loss = F.cross_entropy(cnn(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
    cnn.eval()
    with torch.no_grad():
        val_acc = np.mean([(cnn(xb).argmax(1) == yb).float().mean().item() for xb, yb in val_loader])
    print(epoch, val_acc)
# %%
wrong = [i for i in range(50) if cnn(val_set[i][0][None]).argmax().item() != val_set[i][1]]
len(wrong)
