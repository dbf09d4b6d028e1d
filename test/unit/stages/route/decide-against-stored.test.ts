import {
  decideAgainstStored,
  type StoredComparison,
  type StoredDecision,
} from '../../../../src/stages/route/decide-against-stored';
import { versionOrder } from '../../../../src/stages/route/version-order';
import { permutations } from './permutations';

const EQUAL: StoredComparison = { samePatient: true, sameAsCurrent: true, sameAsSuperseded: false, order: 'equal' };

const CASES: [string, Partial<StoredComparison> | null, StoredDecision][] = [
  ['nothing stored', null, 'new'],
  ['the same from the same file', {}, 'duplicate'],
  ['the same from an earlier file', { order: 'earlier' }, 'duplicate'],
  ['the same from a later file', { order: 'later' }, 'confirmation'],
  ['the same as the current and an old version, later', { order: 'later', sameAsSuperseded: true }, 'confirmation'],
  ['other content from a later file', { sameAsCurrent: false, order: 'later' }, 'correction'],
  ['other content from the same file, replayed', { sameAsCurrent: false }, 'correction'],
  ['other content from an earlier file', { sameAsCurrent: false, order: 'earlier' }, 'older-version'],
  ['back to an old version', { sameAsCurrent: false, sameAsSuperseded: true, order: 'later' }, 'correction'],
  ['an old version again, earlier', { sameAsCurrent: false, sameAsSuperseded: true, order: 'earlier' }, 'duplicate'],
  ['another patient, same content', { samePatient: false }, 'other-patient'],
  ['another patient, earlier', { samePatient: false, sameAsCurrent: false, order: 'earlier' }, 'other-patient'],
];

test.each(CASES)('%s', (_name, changes, decision) => {
  expect(decideAgainstStored(changes === null ? null : { ...EQUAL, ...changes })).toBe(decision);
});

describe('the current version is what the last file says, in whatever order files are processed', () => {
  interface Delivery {
    readonly name: string;
    readonly content: string;
    readonly order: string;
    readonly replayOf: Delivery | null;
  }
  const delivery = (name: string, content: string, day: number): Delivery => {
    const order = versionOrder(`2021-04-0${day} 12:00:00`, `2021-04-09T00:00:0${day}.000Z`);
    return { name, content, order, replayOf: null };
  };
  const replay = (of: Delivery): Delivery => ({ ...of, name: `replay of ${of.name}`, replayOf: of });

  const original = delivery('original', 'A', 1);
  const correction = delivery('correction', 'B', 3);
  const family = [original, delivery('duplicate', 'A', 2), correction, replay(original), replay(correction)];
  const orders: [string, readonly Delivery[], string][] = [
    ['original, duplicate, correction and replays', family, 'B'],
    ['the same and a correction back', [...family, delivery('correction back', 'A', 4)], 'A'],
    ['a late duplicate of the original', [original, correction, delivery('late duplicate', 'A', 4)], 'A'],
  ];

  test.each(orders)('%s', (_name, deliveries, expected) => {
    const all = permutations(deliveries, ({ replayOf }) => replayOf);
    expect(all.length).toBeGreaterThan(5);
    for (const order of all)
      expect([currentAfter(order), order.map(({ name }) => name)]).toEqual([expected, expect.anything()]);
  });

  function currentAfter(deliveries: readonly Delivery[]): string | undefined {
    const versions: { content: string; order: string }[] = [];
    let current: { content: string; order: string } | undefined;
    for (const { content, order } of deliveries) {
      const stored = current;
      const decision = decideAgainstStored(
        stored === undefined
          ? null
          : {
              samePatient: true,
              sameAsCurrent: stored.content === content,
              sameAsSuperseded: versions.some((version) => version !== stored && version.content === content),
              order: order === stored.order ? 'equal' : order > stored.order ? 'later' : 'earlier',
            },
      );
      if (decision === 'confirmation' && current !== undefined) current.order = order;
      if (decision === 'new' || decision === 'correction') current = { content, order };
      if (decision !== 'duplicate' && decision !== 'confirmation') versions.push(current ?? { content, order });
    }
    return current?.content;
  }
});
