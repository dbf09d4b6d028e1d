/**
 * The built worker with a pipeline that fails on purpose, for the tests of what the daemon does about it. What fails,
 * how, when and how often stands beside the data folder in `sabotage.json`, by file name: `{ how, when, times }`; each
 * failure is noted in the file `failures` before it happens. The product has no way to reach this.
 *
 * how   exit (the thread ends), heap (it runs out of memory), hang, throw (an error of the program)
 * when  start (before anything is taken), claimed (the data file is in work), committed (before the reports), tidied
 *       (behind the answer, under the name `tidy`)
 */
'use strict';
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { workerData } = require('node:worker_threads');

const pipeline = require('../../dist/pipeline/process-batch.js');
const home = dirname(workerData.settings.dataDir);
const sabotage = JSON.parse(readFileSync(join(home, 'sabotage.json'), 'utf8'));
const log = join(home, 'failures');

function failuresOf(fileName) {
  if (!existsSync(log)) return 0;
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line === fileName).length;
}

const FAILURES = {
  exit: () => process.exit(7),
  heap: () => {
    const kept = [];
    for (;;) kept.push(new Array(10_000).fill(kept.length));
  },
  hang: () => {
    for (;;);
  },
  throw: () => {
    throw new TypeError('cannot read what is not there');
  },
};

function fail(fileName, when) {
  const plan = sabotage[fileName];
  if (plan?.when !== when || failuresOf(fileName) >= plan.times) return;
  appendFileSync(log, `${fileName}\n`);
  FAILURES[plan.how]();
}

/** The ports with which the batch of this origin fails as planned; may fail at once. */
function sabotaged(ports, origin) {
  const { fileName } = origin;
  fail(fileName, 'start');
  const spool = {
    ...ports.spool,
    read: (file) => {
      fail(fileName, 'claimed');
      return ports.spool.read(file);
    },
    writeReport: (batch, content) => {
      fail(fileName, 'committed');
      return ports.spool.writeReport(batch, content);
    },
  };
  return { ...ports, spool };
}

const { processBatch, beginJourney } = pipeline;
pipeline.processBatch = (ports, origin, submitter) => processBatch(sabotaged(ports, origin), origin, submitter);
pipeline.beginJourney = (ports, origin, submitter) => beginJourney(sabotaged(ports, origin), origin, submitter);

const stores = require('../../dist/adapters/sqlite/open-batch-store.js');
const { openBatchStore } = stores;
stores.openBatchStore = (options) => {
  const store = openBatchStore(options);
  const tidy = () => store.tidy();
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'tidy') {
        return () => {
          fail('tidy', 'tidied');
          tidy();
        };
      }
      const member = target[name];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
};

require('../../dist/daemon/worker.js');
