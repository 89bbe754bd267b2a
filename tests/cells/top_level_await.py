import asyncio

async def batches(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i

rate = 0.5  # hpo: 0.1..0.9
value = 1.0
await asyncio.sleep(0)
async for i in batches(5):
    value *= rate
    loss = value
