"""torch tensors and modules through a snapshot: no copy, sharing kept."""

from __future__ import annotations

import pytest

from jupyter_hpo.errors import SnapshotError
from jupyter_hpo.worker.snapshot import load_snapshot, take_snapshot

torch = pytest.importorskip("torch")
nn = torch.nn


def travel(**names):
    snapshot = take_snapshot(names, namespace=names)
    worker = {}
    load_snapshot(snapshot.fd, worker)
    size = snapshot.size_bytes
    snapshot.close()
    return worker, size


def tensors():
    big = torch.arange(20_000, dtype=torch.float32)
    yield "plain", big
    yield "strided", big.reshape(100, 200).t()[3:50]
    yield "bool", big > 5
    yield "bfloat16", big.to(torch.bfloat16)
    yield "scalar", torch.tensor(2.5)
    yield "empty", torch.empty(0, 3)
    yield "complex", torch.complex(big, big)
    yield "int8", torch.ones(9000, dtype=torch.int8)
    yield "uint16", torch.ones(9000, dtype=torch.uint16)
    yield "sparse", torch.eye(100).to_sparse()
    yield "csr", torch.eye(100).to_sparse_csr()
    yield "expanded", torch.ones(1, 3000).expand(5, 3000)
    yield "conjugate", torch.complex(big, big).conj()


@pytest.mark.parametrize(
    ("name", "tensor"), list(tensors()), ids=lambda v: v if type(v) is str else ""
)
def test_tensors_of_every_kind(name, tensor):
    got = travel(t=tensor)[0]["t"]
    assert (got.dtype, got.shape, got.layout) == (tensor.dtype, tensor.shape, tensor.layout)
    dense = (lambda t: t.to_dense()) if tensor.layout is not torch.strided else (lambda t: t)
    assert torch.equal(dense(got), dense(tensor))
    if tensor.layout is torch.strided:
        assert got.stride() == tensor.stride()
        assert got.storage_offset() == tensor.storage_offset()


def test_views_and_tied_weights_stay_tied_and_private():
    a, b = nn.Linear(100, 100), nn.Linear(100, 100)
    b.weight = a.weight
    rows = a.weight.detach()[:3]
    worker, size = travel(a=a, b=b, rows=rows)
    assert size < 100 * 100 * 4 + 20_000
    assert worker["a"].weight is worker["b"].weight
    assert isinstance(worker["a"].weight, nn.Parameter)
    with torch.no_grad():
        worker["a"].weight[0, 0] = 99
    assert worker["rows"][0, 0] == 99
    assert a.weight[0, 0] != 99


def test_a_tensor_and_the_array_it_came_from_share_memory():
    import numpy as np

    array = np.zeros(5000)
    worker, _ = travel(array=array, tensor=torch.from_numpy(array))
    worker["array"][7] = 3
    assert worker["tensor"][7] == 3


def test_gradients_and_requires_grad():
    leaf = torch.ones(2000, requires_grad=True)
    out = leaf * 2
    out.sum().backward()
    frozen = nn.Parameter(torch.ones(2), requires_grad=False)
    worker, _ = travel(leaf=leaf, out=out, frozen=frozen)
    assert worker["leaf"].requires_grad
    assert torch.equal(worker["leaf"].grad, leaf.grad)
    assert worker["out"].requires_grad
    assert worker["out"].is_leaf  # as torch.save does: the graph stays behind
    assert not worker["frozen"].requires_grad


def test_a_model_its_optimizer_and_a_loader_train_on():
    from torch.utils.data import DataLoader, TensorDataset

    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(144, 2))
    optimizer = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    data = TensorDataset(torch.randn(64, 1, 8, 8), torch.zeros(64, dtype=torch.long))
    loader = DataLoader(data, 16, shuffle=True, generator=torch.Generator().manual_seed(1))
    nn.functional.cross_entropy(model(data.tensors[0]), data.tensors[1]).backward()
    optimizer.step()
    w, _ = travel(model=model, optimizer=optimizer, schedule=schedule, loader=loader, data=data)
    assert w["loader"].dataset is w["data"]
    first = next(iter(w["model"].parameters()))
    assert w["optimizer"].param_groups[0]["params"][0] is first
    before = first.detach().clone()
    for x, y in w["loader"]:
        w["optimizer"].zero_grad()
        nn.functional.cross_entropy(w["model"](x), y).backward()
        w["optimizer"].step()
    assert not torch.equal(before, first)
    assert torch.equal(before, next(iter(model.parameters())))


def test_a_generator_keeps_its_state():
    generator = torch.Generator().manual_seed(5)
    worker, _ = travel(g=generator)
    assert torch.equal(torch.rand(3, generator=worker["g"]), torch.rand(3, generator=generator))


def test_an_iterator_of_a_loader_is_named():
    from torch.utils.data import DataLoader

    with pytest.raises(SnapshotError) as caught:
        travel(batches=iter(DataLoader(range(4))))
    assert "batches" in caught.value.reasons
