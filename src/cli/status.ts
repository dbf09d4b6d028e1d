/** `labdrop status`: what is going on now, on one screen. */
import { type LyingFile, readStatus, type StatusView } from '../daemon/commands-status';
import { escapeControls } from '../domain/escape-controls';
import { BAN_HEAD, banRow } from './ban-list';
import { parseCount } from './batch-options';
import { BATCH_HEAD, batchRow } from './batch-row';
import { byteText } from './byte-text';
import type { CommandContext, RegisterCommand } from './command-context';
import { age, localTime } from './local-time';
import { createPaint, type Paint, paintOutcomes } from './paint';
import { type Cell, renderPairs, renderTable } from './render-table';

const ROWS_SHOWN = 10;
const WATCH_SECONDS = 2;
/** To the first place, and everything from there on away. */
const CLEAR_SCREEN = '\u001b[H\u001b[J';

interface StatusOptions {
  readonly json?: boolean;
  readonly watch?: number | true;
}

export const registerStatus: RegisterCommand = (program, context) => {
  program
    .command('status')
    .description('whether the daemon runs, what waits, what is in work, what came last')
    .option('-w, --watch [seconds]', 'show it again every 2 seconds, or as many as given, until Ctrl-C', parseCount)
    .option('--json', 'for scripts; times in UTC')
    .addHelpText('after', '\nExamples:\n  labdrop status\n  labdrop status --watch 5')
    .action((options: StatusOptions) => showStatus(options, context));
};

async function showStatus({ json, watch }: StatusOptions, context: CommandContext): Promise<void> {
  const paint = createPaint(context);
  const pauseMs = (watch === true ? WATCH_SECONDS : (watch ?? 0)) * 1000;
  do {
    const status = await readStatus(context.loadConfig(), context.now());
    if (json === true) context.out(JSON.stringify(status, null, pauseMs === 0 ? 2 : 0));
    else {
      const clear = pauseMs > 0 && context.terminal === true ? CLEAR_SCREEN : '';
      context.out(clear + paintStatus(renderStatus(status, context.now()), paint));
    }
  } while (pauseMs > 0 && (await context.pause(pauseMs)));
}

/** What needs somebody stands out; so do the titles. */
function paintStatus(text: string, paint: Paint): string {
  const painted = text
    .replace(/^(?:Faults|Account files that|Reload refused|Set aside|Leftovers).*\(\d+\)$/gm, paint.bad)
    .replace(/^[A-Z][^\n]*\(\d+\)$/gm, paint.head)
    .replace(/(?<=^Daemon +)not running|UPLOADS ARE REFUSED|CANNOT BE WRITTEN TO/gm, paint.bad);
  return paintOutcomes(painted, paint);
}

export function renderStatus(status: StatusView, now: Date): string {
  const { summary } = status;
  const about = renderPairs([
    ['Daemon', daemonText(status)],
    ['Told', staleText(status, now)],
    ['Data', status.dataDir],
    ['Disk', diskText(status)],
    ['Accounts', status.accounts],
    ['Batches', summary === null ? 'none yet' : countsText(summary.batches, summary.outcomes)],
    ['Records', recordsText(status)],
  ]);
  const sections = [
    about,
    section('Faults', ['since', 'code', 'account', 'file', 'again at', 'what'], faultRows(status)),
    section(
      'Account files that cannot be used',
      ['what'],
      status.accountProblems.map((problem) => [problem]),
    ),
    section(
      'Folders that cannot be read',
      ['what'],
      status.unreadable.map((message) => [message]),
    ),
    section(reloadTitle(status), ['why'], reloadRows(status)),
    section('Banned addresses', BAN_HEAD, (status.daemon?.bans ?? []).map(banRow)),
    section('Set aside', ['since', 'account', 'file', 'state', 'batch', 'why'], quarantinedRows(status)),
    section('Leftovers set aside', ['since', 'where'], foundRows(status)),
    section(
      'In work',
      BATCH_HEAD,
      status.unfinished.map((batch) => batchRow(batch)),
    ),
    section('Ready, not taken up yet', LYING_HEAD, lyingRows(status.ready, now)),
    section('Data that waits for its marker', LYING_HEAD, lyingRows(status.unmarked, now)),
    section('Markers that wait for their data', LYING_HEAD, lyingRows(status.orphanMarkers, now)),
    section(
      'Last batches',
      BATCH_HEAD,
      status.last.map((batch) => batchRow(batch)),
    ),
  ];
  return sections.filter((text) => text !== '').join('\n\n');
}

const LYING_HEAD = ['for', 'account', 'folder', 'file', 'bytes'];

function daemonText({ running, daemon }: StatusView): string {
  if (running === null) return 'not running';
  const port = daemon?.sftp ? `, SFTP on ${daemon.sftp.host} port ${daemon.sftp.port}` : '';
  return `running since ${localTime(running.since) ?? ''} (process ${running.pid})${port}`;
}

function staleText({ daemon, isStale }: StatusView, now: Date): string | null {
  if (daemon === null || !isStale) return null;
  const old = age(daemon.writtenAt, now);
  return `faults and bans as of ${old} ago: the daemon cannot write status.json (is the disk full?) or hangs`;
}

function diskText({ disk, readOnly }: StatusView): string | null {
  if (readOnly !== null) return `CANNOT BE WRITTEN TO: ${readOnly.what}; ${readOnly.fix}`;
  if (disk === null) return null;
  const free = `${byteText(disk.freeBytes)} free`;
  if (disk.freeBytes >= disk.reserveBytes) return free;
  return `${free}, below the reserve of ${byteText(disk.reserveBytes)}: UPLOADS ARE REFUSED until there is more room`;
}

function countsText(total: number, outcomes: Readonly<Record<string, number>>): string {
  const parts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return parts.length === 0 ? String(total) : `${total}: ${parts.join(', ')}`;
}

function recordsText({ tables }: StatusView): string | null {
  const filled = tables.filter(({ rows }) => rows > 0);
  return filled.length === 0 ? null : filled.map(({ messageType, current }) => `${current} ${messageType}`).join(', ');
}

function faultRows({ daemon }: StatusView): Cell[][] {
  return (daemon?.faults ?? []).map(({ at, code, account, fileName, retryAt, message }) => [
    localTime(at),
    code,
    account,
    fileName,
    localTime(retryAt),
    message,
  ]);
}

function reloadTitle({ daemon }: StatusView): string {
  return `Reload refused at ${localTime(daemon?.reload?.at ?? null) ?? ''}; what was in force stays`;
}

function reloadRows({ daemon }: StatusView): Cell[][] {
  return (daemon?.reload?.reasons ?? []).map((reason) => [reason]);
}

function quarantinedRows({ quarantined }: StatusView): Cell[][] {
  return quarantined.map(({ batch, at, reason }) => [
    localTime(at),
    batch.account,
    batch.fileName,
    batch.state,
    batch.id,
    reason,
  ]);
}

function foundRows({ found }: StatusView): Cell[][] {
  return found.map(({ since, path }) => [localTime(since), path]);
}

function lyingRows(files: readonly LyingFile[], now: Date): Cell[][] {
  return [...files]
    .sort((a, b) => (a.since < b.since ? -1 : 1))
    .map(({ since, account, folder, fileName, bytes }) => [
      age(since, now),
      account,
      folder === 'root' ? '/' : '/test',
      fileName,
      bytes,
    ]);
}

function section(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '';
  const rest = rows.length > ROWS_SHOWN ? `\n... ${rows.length - ROWS_SHOWN} more; --json shows them` : '';
  return `${escapeControls(title)} (${rows.length})\n${renderTable(head, rows.slice(0, ROWS_SHOWN))}${rest}`;
}
