#: framework: torch
#: style: script-like top-level loop, nested loops, several losses
#: objective: minimize G_losses[-1]
#: also: minimize errG.item()
#: also: minimize errG
#: proposed: no
#: reports: 2
# %%
import torch
import torch.nn as nn
import torch.optim as optim

manualSeed = 999
torch.manual_seed(manualSeed)
nz = 8  #T 8
ngf = 32  #T 32
ndf = 32  #T 32
lr = 0.0002  #T 0.0002
beta1 = 0.5  #T 0.5
batch_size = 50  #T 50
num_epochs = 2
real_data = torch.randn(300, 2) * 0.3 + torch.tensor([1.0, -1.0])
# %%
netG = nn.Sequential(nn.Linear(nz, ngf), nn.ReLU(True), nn.Linear(ngf, 2))  #M ReLU
netD = nn.Sequential(nn.Linear(2, ndf), nn.LeakyReLU(0.2), nn.Linear(ndf, 1), nn.Sigmoid())  #M 0.2; LeakyReLU; Sigmoid
criterion = nn.BCELoss()  #M BCELoss
# %%
optimizerD = optim.Adam(netD.parameters(), lr=lr, betas=(beta1, 0.999))  #T Adam; #M 0.999
optimizerG = optim.Adam(netG.parameters(), lr=lr, betas=(beta1, 0.999))  #T Adam; #M 0.999
G_losses = []
D_losses = []

for epoch in range(num_epochs):
    for i in range(0, len(real_data), batch_size):
        netD.zero_grad()
        real = real_data[i : i + batch_size]
        label = torch.full((len(real), 1), 1.0)
        errD_real = criterion(netD(real), label)
        errD_real.backward()
        noise = torch.randn(len(real), nz)
        fake = netG(noise)
        label.fill_(0.0)
        errD_fake = criterion(netD(fake.detach()), label)
        errD_fake.backward()
        errD = errD_real + errD_fake
        optimizerD.step()

        netG.zero_grad()
        label.fill_(1.0)
        errG = criterion(netD(fake), label)
        errG.backward()
        optimizerG.step()
        G_losses.append(errG.item())
        D_losses.append(errD.item())
    print(f"[{epoch}/{num_epochs}] Loss_D: {errD.item():.4f} Loss_G: {errG.item():.4f}")
