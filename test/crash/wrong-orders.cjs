/**
 * Wrong orders of steps, to prove that the harness sees them: each wraps the built code in the thread that loads it, the
 * spool in the worker or the uploads in the main thread. They exist only here; the product has no way to switch them on.
 *
 * marker-first    the marker is removed when the batch is claimed, before anything is committed
 * archive-first   the original is archived when the batch is claimed, before anything is committed
 * announce-first  `.report.ok` is renamed into place before the reports it announces
 * answer-first    the client hears OK before its file has its name
 */
'use strict';
const { existsSync, mkdirSync, renameSync, rmSync } = require('node:fs');
const { dirname, join } = require('node:path');

/** Long enough for the answer to reach the client. */
const ANSWER_MS = 100;

const { Upload } = require('../../dist/adapters/sftp/files/upload.js');
const spoolModule = require('../../dist/adapters/spool/create-spool.js');
const {
  archivePath,
  dropFolder,
  reportsFolder,
  stagedReportPath,
} = require('../../dist/adapters/spool/data-folders.js');

const WRONG_ORDERS = {
  'marker-first': (spool, folders) => {
    const totals = new Map();
    return {
      claim(batch) {
        const file = spool.claim(batch);
        totals.set(batch.id, Buffer.from(spool.readMarker(batch)));
        if (batch.markerName !== null) {
          rmSync(join(dropFolder(folders, batch.account, batch.folder), batch.markerName), { force: true });
        }
        return file;
      },
      readMarker: ({ id }) => totals.get(id),
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
      const target = reportsFolder(folders, batch.account, batch.folder);
      mkdirSync(target, { recursive: true });
      for (const name of names.filter((other) => other.endsWith('.report.json'))) {
        const announcement = name.replace(/json$/, 'ok');
        const staged = stagedReportPath(folders, batch.id, announcement);
        if (existsSync(staged)) renameSync(staged, join(target, announcement));
      }
      spool.publishReports(batch, names);
    },
  }),
};

const WRONG_UPLOADS = {
  'answer-first': (publish) =>
    function answer(takeName) {
      setTimeout(() => publish.call(this, takeName).catch(() => undefined), ANSWER_MS);
      return Promise.resolve(this.state());
    },
};

/** @param inMainThread where this is loaded: an order of the other thread's stays as it is */
function install(name, inMainThread) {
  if (inMainThread && name in WRONG_UPLOADS) Upload.prototype.publish = WRONG_UPLOADS[name](Upload.prototype.publish);
  if (inMainThread || !(name in WRONG_ORDERS)) return;
  const right = spoolModule.createSpool;
  spoolModule.createSpool = (folders) => {
    const spool = right(folders);
    return { ...spool, ...WRONG_ORDERS[name](spool, folders) };
  };
}

module.exports = { install };
