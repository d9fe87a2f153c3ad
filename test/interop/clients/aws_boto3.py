"""Uses S3, STS and Secrets Manager with the keys of the environment; prints what it got as JSON."""
import io, json, os, urllib.request
import boto3
from boto3.s3.transfer import TransferConfig

s3 = boto3.client("s3")
body = os.urandom(100_000)
s3.put_object(Bucket="files", Key="a/ü (1)+'*!~.bin", Body=body, Metadata={"note": "two  spaces"})
s3.upload_fileobj(io.BytesIO(body), "files", "stream.bin")
large = os.urandom(11 * 1024 * 1024)
config = TransferConfig(multipart_threshold=5 * 1024 * 1024, multipart_chunksize=5 * 1024 * 1024)
s3.upload_fileobj(io.BytesIO(large), "files", "large.bin", Config=config)
url = s3.generate_presigned_url("get_object", Params={"Bucket": "files", "Key": "stream.bin"})
print(json.dumps({
    "key": len(os.environ["AWS_ACCESS_KEY_ID"]),
    "get": s3.get_object(Bucket="files", Key="a/ü (1)+'*!~.bin")["Body"].read() == body,
    "range": s3.get_object(Bucket="files", Key="large.bin", Range="bytes=5-9")["Body"].read() == large[5:10],
    "list": [entry["Key"] for entry in s3.list_objects_v2(Bucket="files", Prefix="stream")["Contents"]],
    "presigned": urllib.request.urlopen(url).read() == body,
    "sts": boto3.client("sts").get_caller_identity()["Account"],
    "secret": boto3.client("secretsmanager").get_secret_value(SecretId="db")["ARN"],
}))
