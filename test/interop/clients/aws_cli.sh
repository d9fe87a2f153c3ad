# Uses S3 and STS with the keys of the environment, by the AWS CLI; prints what it got as JSON. Argument: the program.
set -e
cd "$TMPDIR"
head -c 11000000 /dev/urandom > large.bin
"$1" s3 cp --quiet large.bin s3://files/stream.bin
head -c 100000 large.bin | "$1" s3 cp --quiet - 's3://files/a/ü (1)+.bin'
"$1" s3 cp --quiet 's3://files/a/ü (1)+.bin' got.bin
curl -sS -o presigned.bin "$("$1" s3 presign s3://files/stream.bin)"
same() { cmp -s "$1" "$2" && echo true || echo false; }
head -c 100000 large.bin > expected.bin
printf '{"key":%s,"get":%s,"presigned":%s,"sts":"%s"}\n' "${#AWS_ACCESS_KEY_ID}" "$(same expected.bin got.bin)" \
  "$(same large.bin presigned.bin)" "$("$1" sts get-caller-identity --query Account --output text)"
