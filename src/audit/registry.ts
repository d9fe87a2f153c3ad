import type { AnyKind } from '../core/kind.js';
import { fileSink } from './file.js';
import type { Sink } from './index.js';
import type { SinkContext } from './sink-context.js';
import { stdoutSink } from './stdout.js';

/** Every kind of sink: what `type` may be in the configuration's `audit` section. */
export const sinkKinds: readonly AnyKind<SinkContext, Sink>[] = [fileSink, stdoutSink];

/** Named in the design, not made yet: refused by name. */
export const laterSinks: readonly string[] = ['syslog', 'otlp', 'http'];
