import numpy as np, scipy.sparse as sparse, os, tempfile
base = np.arange(100_000.0)
view, row, back, strided, cube = base[100:200], base.reshape(100, -1)[3], base[::-1], base[::3], base.reshape(10, 100, 100).transpose(2, 0, 1)
read_only = np.arange(5000); read_only.setflags(write=False)
structured = np.zeros(3000, dtype=[("a", "i4"), ("b", "f8", (2,))]); fields = structured["b"]
objects = np.array([None, {"k": 1}, "s"], dtype=object)
words = np.array(["ab", "cde"] * 2000)
strings = np.array(["x" * n for n in range(100)], dtype=np.dtypes.StringDType()) if hasattr(np.dtypes, "StringDType") else words
days = np.arange("2020-01-01", "2030-01-01", dtype="datetime64[D]")
masked = np.ma.masked_greater(np.arange(6000.0), 5)
record = np.rec.array([(1, 2.0)] * 1000, names="i,f")
matrix = np.asmatrix(np.eye(50))
class Unit(np.ndarray):
    unit = "?"
    def __array_finalize__(self, obj): self.unit = getattr(obj, "unit", "?")
sub = np.arange(2000.0).view(Unit)
folder = tempfile.mkdtemp(); file = os.path.join(folder, "big.dat")
np.arange(10_000.0).tofile(file)
mapped = np.memmap(file, dtype="f8", mode="r+"); part = mapped[10:20]
rng = np.random.default_rng(3); rng.random(5)
old = np.random.RandomState(3)
expected = np.random.default_rng(3).random(6)[5], np.random.RandomState(3).rand()
csr = sparse.random(500, 500, 0.1, format="csr", random_state=0)
coo = csr.tocoo(); array = sparse.csr_array(csr)
f_order = np.asfortranarray(base.reshape(100, -1))
zero, empty, scalar, poly = np.array(3.5), np.zeros((0, 4)), np.float32(2), np.polynomial.Polynomial([1, 2])
dtype, vectorised = np.dtype("f4"), np.vectorize(lambda a: a * 2)
# %% trial
base[150] = -1; assert view[50] == -1 and row.base is not None and back[-151] == -1 and strided[50] == -1
assert np.shares_memory(cube, base) and cube.shape == (100, 10, 100) and cube.strides == (8, 80000, 800)
row[0] = 7; assert base[3000] == 7
try:
    read_only[0] = 1
    raise SystemError
except ValueError:
    pass
fields[0] = 5; assert structured[0]["b"][1] == 5
assert objects[1] == {"k": 1} and words[1] == "cde" and strings[-1] == strings[-1] and days[31].astype(str) == "2020-02-01"
assert masked.mask.sum() == 5994 and record.f[0] == 2.0 and (matrix * matrix == np.eye(50)).all()
assert type(sub) is Unit and sub.sum() == 1999000
assert mapped[15] == 15; mapped[15] = -9; assert part[5] == -9
assert rng.random() == expected[0] and old.rand() == expected[1]
assert (csr @ np.ones(500)).shape == (500,) and (coo != csr).nnz == 0 and abs(array - csr).sum() == 0
csr.data[:] = 0; assert array.sum() == 0 and coo.nnz == 25_000
assert f_order.flags.f_contiguous and f_order[1, 0] == 1000
assert zero == 3.5 and empty.shape == (0, 4) and scalar == 2 and poly(1) == 3
assert dtype == np.float32 and vectorised([1])[0] == 2
x = 1
