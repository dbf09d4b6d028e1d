/** The alerts and the dashboard: Prometheus' own tool understands them, and they name only metrics that are there. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { createMetrics } from '../../../src/adapters/http/create-metrics';
import type { BatchRecord } from '../../../src/domain/batch-record';

const ROOT = resolve(__dirname, '../../..');
const FOLDER = join(ROOT, 'config/monitoring');
/** What Prometheus adds to every series of a scrape, and what histograms have. */
const GIVEN_LABELS = ['job', 'instance', 'le', 'alertname'];

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Record<string, string>;
}

const rules = (
  parse(readFileSync(join(FOLDER, 'labdrop.rules.yml'), 'utf8')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(readFileSync(join(FOLDER, 'labdrop.dashboard.json'), 'utf8')) as {
  panels: { title: string; targets: { expr: string }[] }[];
};
const panels = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const));

/** Metrics that the program has, each with its labels. */
let known: Map<string, Set<string>>;
let page: string;

beforeAll(async () => {
  page = await renderEverything();
  known = new Map();
  for (const [, name] of page.matchAll(/^# TYPE (\S+) /gm)) known.set(name!, new Set());
  for (const [, name, labels] of page.matchAll(/^([a-z_:]+)(?:\{(.*)\})? \S+$/gm)) {
    const family = known.get(name!) ?? known.get(name!.replace(/_(bucket|sum|count)$/, ''));
    for (const [, label] of (labels ?? '').matchAll(/(\w+)="/g)) family?.add(label!);
  }
  known.set('up', new Set());
});

/** The page with at least one series of every metric. */
async function renderEverything(): Promise<string> {
  const metrics = createMetrics({
    version: '1.2.3',
    messageTypes: () => ['T'],
    sources: {
      now: () => new Date(),
      queue: () => ({ waiting: 0, inWork: 0, oldestReceivedAt: null }),
      faults: () => [],
      sftp: () => ({ connections: 0, openUploads: 0, bans: 0 }),
      store: () => ({ unfinished: [], bytes: 1 }),
      disk: () => ({ freeBytes: 1, totalBytes: 1, reserveBytes: 1 }),
    },
  });
  const at = '2026-01-31T12:00:00Z';
  const batch = {
    ...{ id: 'b', account: 'lab', mode: 'production', outcome: 'PARTIAL', messageType: 'T' },
    ...{ accepted: 1, rejected: 1, duplicate: 1, receivedAt: at, committedAt: at, reportedAt: at },
  } as BatchRecord;
  metrics.batchDone(batch, [{ code: 'V201', severity: 'error', total: 1 } as never], 10);
  metrics.scanned(1, new Date());
  const peer = { connection: 1, address: '192.0.2.1', account: 'lab' };
  metrics.sftp({ event: 'refusal', ...peer, operation: 'open', path: null, reason: 'full' });
  metrics.sftp({ event: 'disconnect', ...peer, ms: 1, reason: null });
  metrics.sftp({ event: 'transfer', ...peer, direction: 'upload', path: '/a', bytes: 1, ms: 1, outcome: 'complete' });
  return metrics.render();
}

function promtool(args: readonly string[], input?: string): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { encoding: 'utf8', input });
  if (error !== undefined) throw error;
  return { status, output: `${stdout}${stderr}` };
}

/** What in a query the program does not have. */
function unknownIn(expr: string): readonly string[] {
  const names = [...expr.matchAll(/\b(?:labdrop|nodejs|process)_[a-z0-9_]+\b/g)].map(([name]) => name);
  const families = names.map((name) => known.get(name) ?? known.get(name.replace(/_(bucket|sum|count)$/, '')));
  const labels = new Set([...GIVEN_LABELS, ...families.flatMap((family) => [...(family ?? [])])]);
  const grouped = [...expr.matchAll(/\b(?:by|without) ?\(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/, */));
  const selected = [...expr.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label]) => label!);
  return [
    ...names.filter((_name, index) => families[index] === undefined),
    ...[...grouped, ...selected].filter((label) => !labels.has(label)),
  ];
}

it('the metrics are in the format that Prometheus wants', () => {
  // Node's own metrics have names that Prometheus would rather not have.
  const { output } = promtool(['check', 'metrics'], page);
  expect(output.split('\n').filter((line) => line !== '' && !line.startsWith('nodejs_'))).toEqual([]);
});

it('every metric has a help text', () => {
  const helped = new Set([...page.matchAll(/^# HELP (\S+) \S/gm)].map(([, name]) => name));
  expect([...page.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name).filter((name) => !helped.has(name))).toEqual(
    [],
  );
});

it('the alerts are right, and fire when they should', () => {
  expect(promtool(['check', 'rules', join(FOLDER, 'labdrop.rules.yml')])).toMatchObject({ status: 0 });
  expect(promtool(['test', 'rules', join(FOLDER, 'labdrop.rules.test.yml')])).toMatchObject({ status: 0 });
});

it('Prometheus takes the example of its configuration', () => {
  const dir = mkdtempSync(join(tmpdir(), 'labdrop-prometheus-'));
  const text = readFileSync(join(FOLDER, 'prometheus.yml'), 'utf8');
  writeFileSync(join(dir, 'prometheus.yml'), text.replace('/etc/prometheus/', `${FOLDER}/`));
  const checked = promtool(['check', 'config', join(dir, 'prometheus.yml')]);
  rmSync(dir, { recursive: true });
  expect(checked).toMatchObject({ status: 0 });
});

it('the queries of the dashboard are queries', () => {
  const dir = mkdtempSync(join(tmpdir(), 'labdrop-dashboard-'));
  const filled = panels.map(([, expr]) => expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, 'x'));
  const group = { name: 'dashboard', rules: filled.map((expr, index) => ({ record: `panel:${index}`, expr })) };
  writeFileSync(join(dir, 'rules.yml'), JSON.stringify({ groups: [group] }));
  const checked = promtool(['check', 'rules', join(dir, 'rules.yml')]);
  rmSync(dir, { recursive: true });
  expect(checked).toMatchObject({ status: 0 });
});

it.each(rules.map(({ alert, expr }) => [alert, expr]))('%s asks for what is there', (_alert, expr) => {
  expect(unknownIn(expr)).toEqual([]);
});

it.each(panels)('the panel "%s" asks for what is there', (_title, expr) => {
  expect(unknownIn(expr)).toEqual([]);
});

it('would tell of metrics and labels that are not there', () => {
  expect(unknownIn('sum by (typo) (rate(labdrop_wrong_total{code="x"}[5m]))')).toEqual([
    'labdrop_wrong_total',
    'typo',
    'code',
  ]);
});

it('the guide says of every alert what it means and what to do', () => {
  const guide = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const headings = [...guide.matchAll(/^### (Labdrop\w+)$/gm)].map(([, name]) => name);
  expect(headings).toEqual(rules.map(({ alert }) => alert));
});
