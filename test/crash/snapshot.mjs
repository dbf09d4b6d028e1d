/**
 * What a finished run left, as plain values that equal those of another run: ids, times and what depends on them are
 * replaced by what they stand for. Reads only.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { TYPE } from './scenario.mjs';
import { listNames, reportsFolder } from './daemon.mjs';

const Database = createRequire(import.meta.url)('better-sqlite3');
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Any time but those of the data, which are all of one year. */
const TIME = /(?!2021)\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{3}Z)?/g;
/** Columns that name a moment, an inode, a row number, or the place among batches that need not wait for each other. */
const OWN_TO_THE_RUN = /_at$|_identity$|^_id$|^commit_seq$/;

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

export function openStore(path) {
  return new Database(path, { readonly: true });
}

/** Batch id to the name of its file, for texts in which ids appear. */
export function namesOfIds(db) {
  const rows = db.prepare('SELECT id, folder, file_name, delivery FROM batches').all();
  return new Map(rows.map((row) => [row.id, `<${row.folder}/${row.file_name}#${row.delivery}>`]));
}

/** A report without what two runs must differ in. */
export function normalise(text, names) {
  return text
    .replace(ID, (id) => names.get(id) ?? '<unknown batch>')
    .replace(TIME, '<time>')
    .replace(/"sha256": "[0-9a-f]{64}"/g, (member, at) => (isOfFile(text, at) ? '"sha256": "<of a report>"' : member))
    .replace(/"bytes": \d+/g, (member, at) => (isOfFile(text, at) ? '"bytes": "<of a report>"' : member));
}

/** Hash and length of the other reports stand in the list `files` of report.json: they are checked on their own. */
function isOfFile(text, at) {
  const list = text.indexOf('"files": [');
  return list >= 0 && at > list;
}

export function takeSnapshot(home) {
  const db = openStore(join(home.dataDir, 'labdrop.db'));
  try {
    const names = namesOfIds(db);
    return {
      integrity: db.pragma('integrity_check').map((row) => row.integrity_check),
      orphans: db.pragma('foreign_key_check'),
      batches: rows(db, 'batches', 'folder, file_name, delivery', names),
      findings: rows(db, 'findings', 'batch_id, seq', names),
      rejected: rows(db, 'rejected_records', 'batch_id, record', names),
      records: rows(db, TYPE, '_key, _version', names),
      repeated: countOf(db, `SELECT count(*) - count(DISTINCT _sender || _key || _version) AS n FROM ${TYPE}`),
      reports: readReports(home, names),
      archive: readArchive(home),
    };
  } finally {
    db.close();
  }
}

const shown = (value, names) => (typeof value === 'string' ? normalise(value, names) : value);
const countOf = (db, sql) => db.prepare(sql).get().n;

function rows(db, table, order, names) {
  const cleaned = db
    .prepare(`SELECT * FROM "${table}" ORDER BY ${order}`)
    .all()
    .map((row) =>
      Object.fromEntries(
        Object.entries(row)
          .filter(([column]) => !OWN_TO_THE_RUN.test(column))
          .map(([column, value]) => [column, column === '_superseded_by' ? value !== null : shown(value, names)]),
      ),
    );
  return cleaned.map((row) => JSON.stringify(row)).sort();
}

export function readReports(home, names) {
  const folders = [...new Set(home.batches.map((batch) => reportsFolder(home, batch)))];
  return folders.flatMap((folder, index) =>
    listNames(folder).map((name) => [index, name, normalise(readFileSync(join(folder, name), 'utf8'), names)]),
  );
}

/** Original name and hash of each archived file. */
export function readArchive({ dataDir }) {
  const root = join(dataDir, 'archive');
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [
      entry.name.slice(entry.name.indexOf('_') + 1),
      sha256(readFileSync(join(entry.parentPath ?? entry.path, entry.name))),
    ])
    .sort();
}

/** Files that a report.json lists beside itself, with the hash it gives. */
export function listedFiles(reportText) {
  return JSON.parse(reportText).files.map(({ name, sha256: hash }) => [basename(name), hash]);
}
