/**
 * The batches that every run of the harness takes through the journey, all of one message type: those of one account run
 * one after another in the order of the times in their names, and those of the others go in step with them. They lie in
 * the drop folders before the daemon starts.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const { generateKeyPair } = createRequire(import.meta.url)('../../dist/adapters/sftp/host-key.js');

export const PROJECT_ROOT = resolve(fileURLToPath(import.meta.url), '../../..');
export const ACCOUNT = 'lab';
const OTHERS = ['lab2', 'lab3'];
export const TYPE = 'LaboratoryTestResult';

const SENDER = '81365677';
const EXAMPLES = join(PROJECT_ROOT, 'schemas/covid19/examples');
const RIGHT_NISS = '85073003328';
/** Eleven digits whose check fails. */
const WRONG_NISS = '12345678901';
const POSITIVE = '260373001';
const NEGATIVE = '260415000';

export const csv = readFileSync(join(EXAMPLES, `${SENDER}_${TYPE}_210510080500.csv`), 'utf8');
export const json = readFileSync(join(EXAMPLES, `${SENDER}_${TYPE}_210510140530.json`), 'utf8');

const damaged = csv.replace(RIGHT_NISS, WRONG_NISS);
const corrected = csv.replace(POSITIVE, NEGATIVE);
const renamed = csv.replaceAll('S21-', 'S22-');

/**
 * @typedef {object} Batch
 * @property {string} account who drops it
 * @property {string} name data file name
 * @property {'' | 'test/'} folder where it is dropped
 * @property {Buffer} bytes
 * @property {string} sha256
 * @property {string} marker name of the marker, or of the cancel
 * @property {string} markerText
 * @property {string} outcome what the rules make of it
 * @property {boolean} kept the original belongs into the archive
 */

/** @returns {Batch} */
export function buildBatch(
  time,
  text,
  outcome,
  { account = ACCOUNT, extension = 'csv', folder = '', marker = 'ok', markerText = '' } = {},
) {
  const base = `${SENDER}_${TYPE}_${time}`;
  const bytes = Buffer.from(text);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const kept = folder === '';
  return {
    account,
    name: `${base}.${extension}`,
    folder,
    bytes,
    sha256,
    marker: `${base}.${marker}`,
    markerText,
    outcome,
    kept,
  };
}

/** @type {readonly Batch[]} */
export const BATCHES = [
  buildBatch('210510080500', damaged, 'PARTIAL', { markerText: 'records=5\n' }),
  buildBatch('210510080600', damaged, 'REJECTED'),
  buildBatch('210510080700', corrected, 'ACCEPTED'),
  buildBatch('210510080800', renamed, 'REJECTED', { markerText: 'records=6\n' }),
  buildBatch('210510080900', csv, 'REJECTED', { marker: 'cancel' }),
  buildBatch('210510140530', json, 'ACCEPTED', { extension: 'json' }),
  buildBatch('210510140600', json, 'DUPLICATE', { extension: 'json' }),
  buildBatch('210510150000', damaged.replaceAll('S21-', 'S23-'), 'PARTIAL', { folder: 'test/' }),
  buildBatch('210510160100', csv.replaceAll('S21-', 'S24-'), 'ACCEPTED', { account: 'lab2' }),
  buildBatch('210510160200', csv.replaceAll('S21-', 'S24-'), 'DUPLICATE', { account: 'lab2' }),
  buildBatch('210510170100', damaged.replaceAll('S21-', 'S25-'), 'PARTIAL', { account: 'lab3' }),
  buildBatch('210510170200', csv.replaceAll('S21-', 'S25-'), 'ACCEPTED', { account: 'lab3' }),
];

/** Those of one account, which go one by one: only such batches are large. */
const ON_DISK = BATCHES.filter(({ account }) => account === ACCOUNT);

/** Base name of a data file. */
export const baseOf = ({ name }) => name.replace(/\.\w+$/, '');

/**
 * A home with configuration, its accounts and nothing dropped yet; `batches` are those that it will see. With `onDisk`
 * every batch is staged in files, as large ones are, and a second thread reads a part of it.
 */
export function makeHome(dir, { onDisk = false, batches = onDisk ? ON_DISK : BATCHES } = {}) {
  const paths = { dataDir: join(dir, 'data'), configPath: join(dir, 'labdrop.yaml'), keyPath: join(dir, 'id_lab') };
  const home = { dir, ...paths, batches, onDisk };
  mkdirSync(join(dir, 'senders'), { recursive: true });
  configure(home, 'rescanSeconds: 1');
  const { private: privateKey, public: publicKey } = generateKeyPair('lab');
  writeFileSync(home.keyPath, privateKey, { mode: 0o600 });
  for (const name of [ACCOUNT, ...OTHERS]) {
    const account = [`account: ${name}`, 'name: Lab', 'email: lab@example.org', `senders: ["${SENDER}"]`];
    account.push('authorizedKeys:', `  - ${publicKey}`);
    writeFileSync(join(dir, 'senders', `${name}.yaml`), account.join('\n'));
  }
  return home;
}

/** Writes the configuration that the next start reads; `ingest`: the keys of that section. */
export function configure(home, ingest) {
  const config = [
    'dataDir: data',
    'sftp: { host: 127.0.0.1, port: 0 }',
    'http: { port: null }',
    'senders: { dir: senders }',
    `schemas: { dir: ${join(PROJECT_ROOT, 'schemas')} }`,
    `ingest: { ${ingest} }`,
    'log: { format: json }',
  ];
  writeFileSync(home.configPath, config.join('\n'));
}

/** Drops every batch, each file by a rename. */
export function dropBatches(home) {
  for (const { account, name, folder, bytes, marker, markerText } of home.batches) {
    const target = join(home.dataDir, 'accounts', account, folder);
    mkdirSync(target, { recursive: true });
    for (const [file, content] of [
      [name, bytes],
      [marker, markerText],
    ]) {
      const temporary = join(home.dir, 'arriving');
      writeFileSync(temporary, content);
      renameSync(temporary, join(target, file));
    }
  }
}
