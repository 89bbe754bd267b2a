#: framework: torch
#: style: magics and ! lines, script-like top-level loop, only printed metric
#: objective: maximize printed "Accuracy of the network:"
#: also: minimize epoch_loss
#: also: maximize correct / total
#: proposed: yes
#: reports: 2
# %%
%matplotlib inline
!echo "no GPU here"
import torch
import torch.nn as nn
import torch.optim as optim
from sklearn.datasets import load_digits
import matplotlib.pyplot as plt
# %%
data, target = load_digits(return_X_y=True)
%time data = torch.tensor(data, dtype=torch.float) / 16
target = torch.tensor(target)
# %%
torch.manual_seed(3)
BATCH_SIZE = 100  #T 100
N_EPOCHS = 2
net = nn.Sequential(
    nn.Linear(64, 128),  #T 128
    nn.ReLU(inplace=True),  #M ReLU
    nn.Dropout(p=0.4),  #T 0.4
    nn.Linear(128, 64),  #T 64; #M 128
    nn.ReLU(inplace=True),  #M ReLU
    nn.Linear(64, 10),  #M 64
)
criterion = nn.CrossEntropyLoss()  #M CrossEntropyLoss
optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)  #T SGD; 0.05; 0.9
for epoch in range(N_EPOCHS):  # loop over the dataset multiple times
    running_loss = 0.0
    for i in range(0, 1200, BATCH_SIZE):
        inputs, labels = data[i:i + BATCH_SIZE], target[i:i + BATCH_SIZE]
        optimizer.zero_grad()
        outputs = net(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    epoch_loss = running_loss / (1200 // BATCH_SIZE)
    print('[%d] loss: %.3f'
          % (epoch + 1, epoch_loss))
print('Finished Training')

net.eval()
correct = total = 0
with torch.no_grad():
    outputs = net(data[1200:])
    _, predicted = torch.max(outputs, 1)
    total += target[1200:].size(0)
    correct += (predicted == target[1200:]).sum().item()
print('Accuracy of the network: %d %%' % (100 * correct / total))
!echo done
