/** The order of the test files: the longest begin first, then what waits most of its time, so that nothing long is left for the end. */
const { default: Sequencer } = require('@jest/test-sequencer');

const LONGEST = ['worker-death', 'crash', 'client-matrix', 'set-aside', 'flood', 'stop', 'commands', 'attacks'];

function rank({ path }) {
  const longest = LONGEST.findIndex((name) => path.endsWith(`/${name}.test.ts`) && path.includes('/e2e/'));
  if (longest !== -1) return longest;
  return path.includes('/unit/') ? LONGEST.length + 1 : LONGEST.length;
}

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((one, other) => rank(one) - rank(other));
  }
};
