/** The main job, from outside: the built program, OpenSSH's client, all examples and a damaged twin of each. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { addAccount } from '../support/add-account';
import {
  type BuiltDaemon,
  type Home,
  labdrop,
  listNames,
  makeHome,
  makeKey,
  sftp,
  startDaemon,
} from '../support/built-daemon';
import { dropFolder, isAnswered } from '../support/drop-folder';
import { queryStore, readValue } from '../support/query-store';
import { EXAMPLES, SENDER } from '../support/shipped-examples';
import { until } from '../support/until';

const TWIN_SENDER = '82499092';
const PATIENT = 'PatientIdentificationNumber';
/** Eleven digits whose check fails. */
const WRONG_NISS = '12345678901';

interface Upload {
  readonly sender: string;
  readonly type: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly records: number;
  readonly rejected: number;
}

interface ReportJson {
  readonly outcome: string;
  readonly sha256: string;
  readonly counts: Record<string, number>;
  readonly groups: { code: string; total: number }[];
  readonly files: { name: string; sha256: string }[];
}

const examples = readdirSync(EXAMPLES).sort();
const originals = examples.map((name) => describeUpload(name, readFileSync(join(EXAMPLES, name)), 0));
const twins = examples.map((name) => {
  const bytes = damage(name, readFileSync(join(EXAMPLES, name), 'utf8'));
  return describeUpload(name.replace(SENDER, TWIN_SENDER), Buffer.from(bytes), 2);
});

function describeUpload(name: string, bytes: Buffer, rejected: number): Upload {
  const [sender = '', type = ''] = name.split('_');
  return { sender, type, name, bytes, records: readRecords(name, bytes.toString('utf8')).length, rejected };
}

function readRecords(name: string, text: string): Record<string, string>[] {
  if (name.endsWith('.json')) return JSON.parse(text) as Record<string, string>[];
  return Papa.parse<Record<string, string>>(text, { header: true, delimiter: ';', skipEmptyLines: true }).data;
}

/** The first two records that have a NISS get one with wrong check digits. */
function damage(name: string, text: string): string {
  const records = readRecords(name, text);
  const damaged = records.filter((record) => record[PATIENT] !== '').slice(0, 2);
  for (const record of damaged) record[PATIENT] = WRONG_NISS;
  return name.endsWith('.json') ? JSON.stringify(records, null, 1) : Papa.unparse(records, { delimiter: ';' });
}

const stem = (name: string): string => name.replace(/\.(csv|json)$/, '');

describe('the main job', () => {
  let home: Home;
  let daemon: BuiltDaemon;
  let key: string;
  const account = 'lab';

  beforeAll(async () => {
    home = makeHome();
    key = makeKey(home, 'id_lab');
    daemon = await startDaemon(home);
    addAccount(home, { key, account });
    const file = join(home.dir, 'senders', `${account}.yaml`);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/senders:\n(\s*)- .*\n/, `$&$1- "${TWIN_SENDER}"\n`));
    mkdirSync(join(home.dir, 'outbox'));
  }, 60_000);

  afterAll(async () => {
    const status = await daemon.stop();
    home.remove();
    expect(status).toBe(0);
  });

  const reports = (): string => join(dropFolder(home, account), 'reports');
  const readReport = (name: string): ReportJson =>
    JSON.parse(readFileSync(join(reports(), `${stem(name)}.report.json`), 'utf8')) as ReportJson;

  async function upload(uploads: readonly Upload[]): Promise<void> {
    const commands = uploads.flatMap(({ name, bytes }) => {
      writeFileSync(join(home.dir, 'outbox', name), bytes);
      writeFileSync(join(home.dir, 'outbox', `${stem(name)}.ok`), '');
      return [`put ${name}`, `put ${stem(name)}.ok`];
    });
    const result = sftp({ port: daemon.port, user: account, key }, commands, join(home.dir, 'outbox'));
    expect(result.stderr).toBe('');
    expect(result.status).toBe(0);
    await until(() => uploads.every(({ name }) => isAnswered(dropFolder(home, account), stem(name))), 'the reports');
  }

  function check(uploaded: Upload): void {
    const { name, bytes, sender, type, records, rejected } = uploaded;
    const outcome = rejected === 0 ? 'ACCEPTED' : 'PARTIAL';
    const report = readReport(name);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect({ name, outcome: report.outcome, sha256: report.sha256 }).toEqual({ name, outcome, sha256 });
    expect(report.counts).toMatchObject({ records, accepted: records - rejected, rejected, duplicate: 0 });
    const found = listNames(reports()).filter((file) => file.startsWith(`${stem(name)}.`));
    const rejectedName = `${stem(name)}.rejected.${name.endsWith('.csv') ? 'csv' : 'json'}`;
    expect(found).toEqual(expect.arrayContaining([`${stem(name)}.${outcome}.txt`, `${stem(name)}.report.ok`]));
    expect(found.includes(rejectedName)).toBe(rejected > 0);
    for (const file of report.files) {
      const content = readFileSync(join(reports(), file.name));
      expect(createHash('sha256').update(content).digest('hex')).toBe(file.sha256);
    }
    const [batch] = queryStore<Record<string, unknown>>(
      home.storePath,
      'SELECT * FROM batches WHERE file_name = ?',
      name,
    );
    expect(batch).toMatchObject({ state: 'archived', outcome, sender, message_type: type, sha256, records });
    const id = String(batch?.['id']);
    const count = (from: string): unknown => readValue(home.storePath, `SELECT count(*) FROM ${from}`, id);
    expect(count(`"current_${type}" WHERE _batch_id = ?`)).toBe(records - rejected);
    expect(count("findings WHERE batch_id = ? AND code = 'V202'")).toBe(rejected);
    const month = String(batch?.['received_at']).slice(0, 7).split('-');
    const archived = join(home.dataDir, 'archive', sender, ...month, `${id}_${name}`);
    expect(readFileSync(archived).equals(bytes)).toBe(true);
  }

  it('has fourteen examples: seven messages as CSV and as JSON', () => {
    expect(examples).toHaveLength(14);
    expect(new Set(originals.map(({ type }) => type)).size).toBe(7);
  });

  it('stores, reports and archives every example', async () => {
    await upload(originals);
    originals.forEach(check);
  }, 60_000);

  it('keeps the right records of a damaged twin and gives the wrong ones back', async () => {
    await upload(twins);
    twins.forEach(check);
  }, 60_000);

  it('gives rejected rows back with the reason', () => {
    const twin = twins.find(({ name }) => name.includes('_LaboratoryTestResult_') && name.endsWith('.csv'))!;
    const text = readFileSync(join(reports(), `${stem(twin.name)}.rejected.csv`), 'utf8').replace(/^\uFEFF/, '');
    const rows = Papa.parse<Record<string, string>>(text, { header: true, delimiter: ';', skipEmptyLines: true }).data;
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      expect(row[PATIENT]).toBe(WRONG_NISS);
      expect(row['_codes']).toBe('V202');
      expect(row['_message']).not.toBe('');
    }
  });

  it('leaves nothing in the drop folder, nor in work', () => {
    expect(listNames(dropFolder(home, account))).toEqual(['reports', 'test']);
    expect(listNames(join(home.dataDir, 'work')).filter((name) => name !== 'staging')).toEqual([]);
  });

  it('shows it to the operator', () => {
    const batches = JSON.parse(labdrop(home, ['batches', '--json', '--limit', '100']).stdout) as {
      file_name: string;
    }[];
    expect(batches).toHaveLength(28);
    const status = labdrop(home, ['status']);
    expect(status.status).toBe(0);
    const rejections = labdrop(home, ['rejections']);
    expect(rejections.stdout.split('\n').filter((line) => line.includes('PARTIAL'))).toHaveLength(14);
    expect(rejections.stdout).not.toContain(WRONG_NISS);
  });
});
