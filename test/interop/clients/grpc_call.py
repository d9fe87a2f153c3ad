# A unary and a bidirectional call by gRPC's own client for Python. Arguments: target, file with the roots to trust.
# The proxy stands in grpc_proxy.
import json
import sys

import grpc

target, roots = sys.argv[1:]
with open(roots, "rb") as file:
    trust = grpc.ssl_channel_credentials(file.read())
with grpc.secure_channel(target, trust) as channel:
    unary = channel.unary_unary("/test.Echo/Unary")
    answer, call = unary.with_call(b"echo", timeout=10)
    talk = channel.stream_stream("/test.Echo/Talk")
    answers = [piece.decode() for piece in talk(iter([b"one", b"two"]), timeout=10)]
    try:
        channel.unary_unary("/test.Other/Unary")(b"x", timeout=10)
        refused = "nothing"
    except grpc.RpcError as error:
        refused = error.code().name
print(json.dumps({
    "answer": answer.decode(),
    "first": [value for key, value in call.initial_metadata() if key == "x-first"],
    "answers": answers,
    "refused": refused,
}))
