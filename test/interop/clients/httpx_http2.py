# Requests side by side in HTTP/2 by httpx. Arguments: URL, proxy, file with the roots to trust.
import asyncio
import json
import ssl
import sys

import httpx

url, proxy, roots = sys.argv[1:]


async def main():
    trust = ssl.create_default_context(cafile=roots)
    async with httpx.AsyncClient(http2=True, proxy=proxy, verify=trust) as client:
        answers = await asyncio.gather(*(client.post(url, content=f"body {i}") for i in range(20)))
    print(json.dumps({
        "versions": sorted({answer.http_version for answer in answers}),
        "texts": [answer.text for answer in answers],
    }))


asyncio.run(main())
