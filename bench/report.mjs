import { budget, isMet, judge } from './budget.mjs';
import { summarize } from './statistics.mjs';

const ready = [
  { key: 'ready', title: 'ready after start, ms', digits: 0 },
  { key: 'ready_cpu', title: 'CPU ms until ready', digits: 0 },
];

/** The whole result as Markdown: what ran where, the ratios against the budget, then every figure. */
export function renderReport(result, peers, rows) {
  const metrics = [...ready, ...rows.flatMap((row) => row.metrics)];
  return [
    ...renderSetting(result, peers),
    ...renderBudget(result, peers, metrics),
    ...renderFigures(result, peers, metrics),
    ...(result.notes.length > 0 ? ['### Notes', '', ...result.notes.map((text) => `- ${text}`), ''] : []),
  ].join('\n');
}

function renderSetting({ machine, options, versions }, peers) {
  const { runs, seconds, rate, mib, idle, abandoned } = options;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryMiB} MiB, Linux ${machine.kernel}, Node ${machine.node};` +
      ` ${machine.pinned ? 'proxy on one core, load and destination on another' : 'processes not pinned'};` +
      ` load average before: ${machine.loadBefore}.`,
    `${runs} interleaved runs of ${seconds} s a row; ${rate} requests/s offered; ${mib} MiB response; ${idle} idle` +
      ` connections; ${abandoned} abandoned CONNECTs.`,
    `Peers: ${peers.map((peer) => `${peer.title} (${versions[peer.name]})`).join(', ')}.`,
    '',
  ];
}

function renderBudget({ samples }, peers, metrics) {
  if (!peers.some((peer) => peer.name === 'keywright')) return [];
  const titleOf = (name) => peers.find((peer) => peer.name === name)?.title;
  const lines = budget.flatMap((item) => {
    const metric = metrics.find(({ key }) => key === item.metric);
    const other = item.against ?? item.over;
    if (metric === undefined || (other !== undefined && titleOf(other) === undefined)) return [];
    const summary = summarize(judge(item, samples));
    const bound = item.atMost === undefined ? `at least ${item.atLeast}` : `at most ${item.atMost}`;
    const kind = item.against === undefined ? (item.over === undefined ? '' : ', more than ') : ', ratio to ';
    const verdict = summary === null ? 'not measured' : isMet(item, summary.median) ? 'met' : '**missed**';
    const title = `${metric.title}${kind}${other === undefined ? '' : titleOf(other)}`;
    return [`| ${title} | ${show(summary, 2)} | ${bound} | ${verdict} |`];
  });
  return [
    '### Against the budget',
    '',
    '| what | median (least to most) | budget | |',
    '|---|---|---|---|',
    ...lines,
    '',
  ];
}

function renderFigures({ samples, counts }, peers, metrics) {
  const lines = metrics.map(({ key, title, digits }) => {
    const cells = peers.map((peer) => show(summarize(samples[key]?.[peer.name] ?? []), digits));
    return `| ${title} | ${cells.join(' | ')} |`;
  });
  if (samples.latency?.direct !== undefined) {
    const added = { metric: 'latency', over: 'direct' };
    const cells = peers.map((peer) => show(summarize(judge(added, samples, peer.name)), 3));
    lines.push(`| latency added over direct, ms | ${cells.join(' | ')} |`);
  }
  const errors = peers.map(({ name }) => `${counts[name]?.errors ?? 0} of ${counts[name]?.done ?? 0}`);
  return [
    '### Figures, median (least to most)',
    '',
    `| what | ${peers.map((peer) => peer.title).join(' | ')} |`,
    `|---|${peers.map(() => '---|').join('')}`,
    ...lines,
    `| errors, of requests done | ${errors.join(' | ')} |`,
    '',
  ];
}

function show(summary, digits) {
  if (summary === null) return '–';
  const [median, least, most] = [summary.median, summary.least, summary.most].map((value) => value.toFixed(digits));
  return summary.runs === 1 ? median : `${median} (${least} to ${most})`;
}
