/**
 * Three wrong orders of the last steps, to prove that the harness sees them: each wraps the built spool of the worker
 * thread that loads it. They exist only here; the product has no way to switch them on.
 *
 * marker-first    the marker is removed when the batch is claimed, before anything is committed
 * archive-first   the original is archived when the batch is claimed, before anything is committed
 * announce-first  `.report.ok` is renamed into place before the reports it announces
 */
'use strict';
const { existsSync, mkdirSync, renameSync, rmSync } = require('node:fs');
const { dirname, join } = require('node:path');

const spoolModule = require('../../dist/adapters/spool/create-spool.js');
const { archivePath, dropFolder, reportsFolder } = require('../../dist/adapters/spool/data-folders.js');

const WRONG_ORDERS = {
  'marker-first': (spool, folders) => {
    let totals = new Uint8Array();
    return {
      claim(batch) {
        const file = spool.claim(batch);
        totals = Buffer.from(spool.readMarker(batch));
        if (batch.markerName !== null) {
          rmSync(join(dropFolder(folders, batch.account, batch.folder), batch.markerName), { force: true });
        }
        return file;
      },
      readMarker: () => totals,
    };
  },
  'archive-first': (spool, folders) => ({
    claim(batch) {
      const archived = join(folders.archiveDir, archivePath(batch));
      if (batch.mode === 'test') return spool.claim(batch);
      if (!existsSync(archived)) {
        const file = spool.claim(batch);
        if (file === null) return null;
        mkdirSync(dirname(archived), { recursive: true });
        renameSync(file.path, archived);
        return { ...file, path: archived };
      }
      return { path: archived, bytes: batch.bytes };
    },
  }),
  'announce-first': (spool, folders) => ({
    publishReports(batch, names) {
      const last = names.at(-1);
      const staged = join(folders.workDir, batch.id, 'reports', last);
      const target = reportsFolder(folders, batch.account, batch.folder);
      mkdirSync(target, { recursive: true });
      if (existsSync(staged)) renameSync(staged, join(target, last));
      spool.publishReports(batch, names);
    },
  }),
};

function install(name) {
  const right = spoolModule.createSpool;
  spoolModule.createSpool = (folders) => {
    const spool = right(folders);
    return { ...spool, ...WRONG_ORDERS[name](spool, folders) };
  };
}

module.exports = { install, WRONG_ORDERS: Object.keys(WRONG_ORDERS) };
