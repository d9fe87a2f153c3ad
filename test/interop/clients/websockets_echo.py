# Messages by the library websockets. Arguments: URL, proxy, file with the roots to trust.
import asyncio
import json
import ssl
import sys

import websockets

url, proxy, roots = sys.argv[1:]


async def main():
    trust = ssl.create_default_context(cafile=roots)
    async with websockets.connect(url, proxy=proxy, ssl=trust, max_size=None) as socket:
        answers = []
        for message in ("hello", "secret", b"bytes", "x" * 3_000_000):
            await socket.send(message)
            answer = await socket.recv()
            answers.append(answer if isinstance(answer, str) else answer.decode())
        await socket.close(4001, "done")
    print(json.dumps({"short": answers[:3], "long": len(answers[3]), "code": socket.close_code}))


asyncio.run(main())
