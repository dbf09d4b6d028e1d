/**
 * Files of every message type staged as large ones, whose plain lines are taken as bytes, and staged in memory, where no
 * line is: the same rows, findings, rejected records and reports.
 */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { buildMessageType } from '../../src/adapters/schemas/build-message-type';
import { openBatchStore } from '../../src/adapters/sqlite/open-batch-store';
import type { MessageType } from '../../src/domain/message-type';
import { stagingRecords } from '../../src/pipeline/stage-records';
import type { RecordSink, Staging } from '../../src/ports/batch-store';
import { parseFile } from '../../src/stages/parse/parse-file';
import { verdict } from '../contract/batch-store/deliver';
import { catalogueOf, origin } from '../contract/batch-store/fixtures';
import { catalogue, deliver, withRanks } from '../support/deliver-for-comparison';
import { inspectBytes } from '../unit/stages/parse/read-text';
import { exampleRecords, writeFile } from '../unit/stages/plain/write-file';
import type { Fields } from '../unit/stages/validate/support';
import { temporaryFolder } from './sqlite/temporary-folder';

const dir = temporaryFolder();

/** What a lab's file has: right records, some of them twice, corrected, in other letters, stored otherwise, or wrong. */
function mixed(type: MessageType): { readonly earlier: readonly Fields[]; readonly now: readonly Fields[] } {
  const examples = exampleRecords(type);
  const keyed = (fields: Fields, at: number): Fields => {
    const changed = type.businessKey
      .filter((name) => /TestId|SpecimenId/.test(name))
      .map((name): [string, string] => [name, `${fields[name] ?? ''}-${String(at)}`]);
    return { ...fields, ...Object.fromEntries(changed) };
  };
  const many = Array.from({ length: 12 }, (_, at) => examples.map((fields) => keyed(fields, at))).flat();
  const text = type.fields.find(({ format, name }) => format === 'text' && !type.businessKey.includes(name));
  const changes: ((fields: Fields) => Fields)[] = [
    (fields) => fields,
    (fields) => ({ ...fields, [text?.name ?? '']: ' Zoë €\u{1f600} ' }),
    (fields) => ({ ...fields, [text?.name ?? '']: '=1+1' }),
    (fields) => ({ ...fields, [text?.name ?? '']: 'x'.repeat(300) }),
    (fields) => ({ ...fields, PatientIdentificationNumber: '85073003329' }),
    (fields) => ({ ...fields, [type.fields.find(({ required }) => required !== null)?.name ?? '']: '' }),
    (fields) => ({ ...fields, [type.fields.find(({ format }) => format === 'code')?.name ?? '']: 'unknown' }),
    (fields) => ({ ...fields, [type.fields.find(({ format }) => format === 'datetime')?.name ?? '']: '2021-02-30' }),
  ];
  const changed = many.map((fields, at) =>
    at % 3 === 0 ? (changes[(at / 3) % changes.length]?.(fields) ?? fields) : fields,
  );
  return { earlier: many.slice(0, 40), now: [...changed, ...many.slice(20, 30), ...changed.slice(0, 10)] };
}

const extras = ['none', 'reversed', 'unknown'] as const;
test.each([...catalogue.types.values()].map((type, at): [string, MessageType, number] => [type.name, type, at]))(
  '%s',
  async (_, type, at) => {
    const { earlier, now } = mixed(type);
    const delivery = {
      name: `81365677_${type.name}_210510080500.csv`,
      content: writeFile(type, now, {
        extra: extras[at % extras.length] ?? 'none',
        lineEnd: at % 2 === 0 ? '\n' : '\r\n',
      }),
      earlier: { [`81365677_${type.name}_210509080500.csv`]: writeFile(type, earlier) },
    };
    const large = await deliver(delivery, null);
    expect(withRanks(large)).toEqual(withRanks(await deliver(delivery, null, Infinity)));
    expect(large.store['batches']).toMatchObject([{ outcome: 'ACCEPTED' }, { outcome: 'PARTIAL' }]);
    expect(large.store['records']).not.toHaveLength(0);
    expect(large.store['findings']).not.toHaveLength(0);
  },
);

describe('a schema that changes', () => {
  function build(...names: readonly string[]): MessageType {
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string', 'x-format': 'text' }]));
    const rest = { 'x-version': '1', 'x-business-key': ['Id'], type: 'object', properties };
    const type = buildMessageType('invented', { title: 'Growing', ...rest }, new Map());
    if (!('fields' in type)) throw new Error(type.join('\n'));
    return type;
  }

  /** Rows of the table once a file was staged for each of the types in turn, and how many came as bytes. */
  function rowsAfter(path: string, types: readonly MessageType[], large: boolean): { rows: unknown; plain: number } {
    let plain = 0;
    types.forEach((type, run) => {
      const options = { path, catalogue: catalogueOf(type), stagingDir: join(dir, 'staging') };
      const store = openBatchStore({ ...options, stagedInMemoryMaxBytes: large ? 0 : Infinity });
      const batch = store.open(origin(`run ${String(run)}`, { messageType: type.name }));
      store.markClaimed(batch.id, batch.receivedAt);
      const staging = store.openStaging(batch, type);
      const sink = counting(staging, () => plain++);
      const names = type.fields.map(({ name }) => name);
      const lines = Array.from({ length: 5 }, (_, i) =>
        names.map((name) => `${name} ${String(run)}.${String(i)}`).join(';'),
      );
      lines.splice(2, 0, names.map((name) => `"${name} ""quoted"""`).join(';'), names.map(() => 'é').join(';'));
      const bytes = Buffer.from([names.join(';'), ...lines, ''].join('\n'));
      const parsing = stagingRecords({ batch, type, codelists: new Map(), now: '2021-06-01 12:00:00', sink });
      parseFile([bytes], inspectBytes(bytes), type, parsing);
      do staging.settle();
      while (!staging.hold());
      staging.commit(verdict(staging.counts()));
      store.close();
    });
    const db = new Database(path, { readonly: true });
    try {
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      const rows = db.prepare<[], Record<string, unknown>>('SELECT * FROM Growing ORDER BY _id').all();
      return { rows: rows.map((row) => ({ ...row, _id: 0, _superseded_by: row['_superseded_by'] === null })), plain };
    } finally {
      db.close();
    }
  }

  function counting(staging: Staging, count: () => void): RecordSink {
    const { addPlain } = staging;
    return {
      addRecord: (record) => {
        staging.addRecord(record);
      },
      addPlain:
        addPlain === null
          ? null
          : (record) => {
              count();
              addPlain(record);
            },
      addRejected: (record) => {
        staging.addRejected(record);
      },
      addFinding: (finding, key) => {
        staging.addFinding(finding, key);
      },
    };
  }

  test.each<[string, MessageType[]]>([
    ['a field comes', [build('Id', 'A', 'B'), build('Id', 'New', 'A', 'B')]],
    ['a field goes', [build('Id', 'A', 'Old', 'B'), build('Id', 'A', 'B')]],
    ['the first one goes', [build('Old', 'Id', 'A'), build('Id', 'A')]],
    ['a field has another name', [build('Id', 'A', 'Old', 'B'), build('Id', 'A', 'New', 'B')]],
    ['a name has capitals now', [build('Id', 'city', 'B'), build('Id', 'City', 'B')]],
    ['they stand in another order', [build('Id', 'A', 'B', 'C'), build('C', 'B', 'Id', 'A')]],
    ['one goes, and comes back', [build('Id', 'A', 'B'), build('Id', 'B'), build('Id', 'B', 'A')]],
  ])('%s', (what, types) => {
    const large = rowsAfter(join(dir, `${what}, large.db`), types, true);
    const small = rowsAfter(join(dir, `${what}, small.db`), types, false);
    expect(large.rows).toEqual(small.rows);
    expect([large.plain, small.plain]).toEqual([6 * types.length, 0]);
    const stored = (large.rows as readonly Record<string, unknown>[])
      .map((row) => Object.values(row).join('|'))
      .join('\n');
    for (const [run, { fields }] of types.entries()) {
      for (const { name } of fields) expect(stored).toContain(`${name} ${String(run)}.1`);
    }
  });
});
