/**
 * What must hold at any instant, whatever is stopped then: nothing is gone before what replaces it is committed, no
 * report is partial or says what the store does not, and what is announced is there. Reads the folders as the kill left
 * them, and a copy of the store.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { listNames, reportsFolder } from './daemon.mjs';
import { baseOf, TYPE } from './scenario.mjs';
import { namesOfIds, normalise, openStore, readArchive, sha256 } from './snapshot.mjs';

const REACHED = ['ready', 'claimed', 'validated', 'committed', 'reported', 'archived'];

/**
 * @param hasCome whether a batch's `data`, or its `marker`, was dropped for sure
 * @returns {string[]} what does not hold
 */
export function checkMoment(home, reference, hasCome = () => true) {
  const store = readStore(home);
  const archive = readArchive(home);
  const inWork = listNames(join(home.dataDir, 'work'))
    .map((id) => join(home.dataDir, 'work', id, 'data'))
    .filter((path) => existsSync(path))
    .map((path) => sha256(readFileSync(path)));
  return home.batches.flatMap((batch) => {
    const row = store.rows.find(({ folder, file_name: name }) => `${folder}${name}` === `${batch.folder}${batch.name}`);
    const found = { home, batch, archive, inWork, reference, hasCome, row: row ?? null, names: store.names };
    return [...checkData(found), ...checkReports(found), ...checkRows(found)].map((text) => `${batch.name}: ${text}`);
  });
}

function readStore(home) {
  const empty = { rows: [], names: new Map() };
  const source = join(home.dataDir, 'labdrop.db');
  if (!existsSync(source)) return empty;
  const copies = join(home.dir, 'moment');
  rmSync(copies, { recursive: true, force: true });
  mkdirSync(copies);
  for (const ending of ['', '-wal']) {
    if (existsSync(source + ending)) copyFileSync(source + ending, join(copies, `labdrop.db${ending}`));
  }
  const db = openStore(join(copies, 'labdrop.db'));
  try {
    const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE name IN ('batches', '${TYPE}')`).all();
    if (tables.length < 2) return empty;
    const rows = db
      .prepare(
        `SELECT CASE folder WHEN 'test' THEN 'test/' ELSE '' END AS folder, file_name, state, outcome, sha256, accepted,
          (SELECT count(*) FROM ${TYPE} r WHERE r._batch_id = b.id) AS stored, mode,
          (SELECT count(*) FROM findings f WHERE f.batch_id = b.id) AS found
        FROM batches b`,
      )
      .all();
    return { rows, names: namesOfIds(db) };
  } finally {
    db.close();
  }
}

function hasReached(row, state) {
  return row !== null && REACHED.indexOf(row.state) >= REACHED.indexOf(state);
}

function checkData({ home, batch, row, archive, inWork, hasCome }) {
  const drop = join(home.dataDir, 'accounts', batch.account, batch.folder);
  const isDropped = isWhole(join(drop, batch.name), batch);
  const isArchived = archive.some(([name, hash]) => name === batch.name && hash === batch.sha256);
  const problems = [];
  const isHeld = isDropped || isArchived || inWork.includes(batch.sha256);
  if (hasCome(batch, 'data') && !isHeld && (batch.kept || !hasReached(row, 'reported'))) {
    problems.push('the data is gone');
  }
  if (isArchived && !hasReached(row, 'reported')) problems.push('it is archived before its reports were delivered');
  if (hasCome(batch, 'marker') && !existsSync(join(drop, batch.marker))) {
    if (!hasReached(row, 'reported')) problems.push('the marker is gone before the reports were delivered');
    if (batch.kept && !isArchived) problems.push('the marker is gone before the original is archived');
  }
  return problems;
}

function isWhole(path, batch) {
  return existsSync(path) && sha256(readFileSync(path)) === batch.sha256;
}

function checkReports({ home, batch, row, names, reference }) {
  const folder = reportsFolder(home, batch);
  const base = baseOf(batch);
  const there = listNames(folder).filter((name) => name.startsWith(`${base}.`));
  const expected = reference.reports.get(`${batch.folder}${base}`);
  const problems = there
    .filter((name) => normalise(readFileSync(join(folder, name), 'utf8'), names) !== expected.get(name))
    .map((name) => `${name} is not what an undisturbed run delivers`);
  if (there.length > 0 && !hasReached(row, 'committed')) problems.push('reports stand there before the commit');
  const missing = [...expected.keys()].filter((name) => !there.includes(name));
  if (there.includes(`${base}.report.ok`) && missing.length > 0)
    problems.push(`announced without ${missing.join(', ')}`);
  return problems;
}

/** One transaction: all of a batch stands in the store, or nothing does. */
function checkRows({ batch, row }) {
  if (row === null) return [];
  const isCommitted = hasReached(row, 'committed');
  const stored = isCommitted && row.mode === 'production' ? row.accepted : 0;
  const problems = [];
  if (isCommitted && row.outcome !== batch.outcome) problems.push(`outcome ${row.outcome}`);
  if (row.stored !== stored) problems.push(`${row.stored} records are stored of ${stored}`);
  if (!isCommitted && row.found > 0) problems.push('findings without a commit');
  return problems;
}
