import { Transform, type TransformCallback } from 'node:stream';
import { AwsChunkedReader, malformed, type AwsChunkedOptions } from './aws-chunked.js';

/** Of the chunks that are written, bytes: S3 wants at least 8 KiB in each but the last. */
const chunkSize = 64 * 1024;

/** Characters of the checksums that S3 takes behind a body, in base64 (docs.aws.amazon.com, "Checking object integrity"). */
const checksumLengths: Readonly<Record<string, number>> = {
  'x-amz-checksum-crc32': 8,
  'x-amz-checksum-crc32c': 8,
  'x-amz-checksum-crc64nvme': 12,
  'x-amz-checksum-sha1': 28,
  'x-amz-checksum-sha256': 44,
};

export function isChecksum(name: string): boolean {
  return Object.hasOwn(checksumLengths, name);
}

/** The content alone, out of chunks that were signed with a key that is none. */
export function plainBody(length: number): Transform {
  return reading({ length, trailer: undefined }, (through) => ({
    onData: (piece) => through.push(piece),
    onEnd: () => undefined,
  }));
}

/** The content in chunks without signatures, and the checksum that came behind it: `STREAMING-UNSIGNED-PAYLOAD-TRAILER`. */
export function unsignedChunks(length: number, trailer: string): Transform {
  let pieces: Buffer[] = [];
  let held = 0;
  return reading({ length, trailer }, (through) => {
    const write = (): void => {
      if (held === 0) return;
      through.push(Buffer.concat([Buffer.from(`${held.toString(16)}\r\n`), ...pieces, Buffer.from('\r\n')]));
      pieces = [];
      held = 0;
    };
    return {
      onData(piece) {
        for (let at = 0; at < piece.length;) {
          const part = piece.subarray(at, at + chunkSize - held);
          pieces.push(part);
          held += part.length;
          at += part.length;
          if (held === chunkSize) write();
        }
      },
      onEnd(checksum = '') {
        if (checksum.length !== checksumLengths[trailer]) throw malformed('has a checksum of another length');
        write();
        through.push(`0\r\n${trailer}:${checksum}\r\n\r\n`);
      },
    };
  });
}

/** Bytes that `unsignedChunks` makes of so many. */
export function lengthInChunks(length: number, trailer: string): number {
  const chunk = (size: number): number => (size === 0 ? 0 : size.toString(16).length + size + '\r\n\r\n'.length);
  const end = `0\r\n${trailer}:\r\n\r\n`.length + (checksumLengths[trailer] ?? 0);
  return Math.floor(length / chunkSize) * chunk(chunkSize) + chunk(length % chunkSize) + end;
}

function reading(
  options: AwsChunkedOptions,
  sinkFor: (through: Transform) => ConstructorParameters<typeof AwsChunkedReader>[0],
): Transform {
  const attempt = (done: TransformCallback, step: () => void): void => {
    try {
      step();
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  };
  const through: Transform = new Transform({
    transform(bytes: Buffer, _, done) {
      attempt(done, () => reader.push(bytes));
    },
    flush(done) {
      attempt(done, () => reader.end());
    },
  });
  const reader = new AwsChunkedReader(sinkFor(through), options);
  return through;
}
