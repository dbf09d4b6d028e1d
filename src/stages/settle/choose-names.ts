/**
 * Which names of a drop folder are worth a look now. Of a folder of usual size, all. Of a huge one, those that can be
 * taken up next: what is complete, by the time in its name, as many of each message type as can be waiting, and a share
 * of the rest that moves on from turn to turn, so that everything is looked at some time. Files of one base name come
 * all or not at all. A pure decision; it never fails.
 */
import { fileKind } from '../name/split-file-name';

/** A folder with no more names is looked at whole. */
export const USUAL_MAX = 4_000;
/** Base names beside those that come next, each turn. */
export const REST_PER_TURN = 500;
/** Base names that come next, whatever their types. */
const NEXT_MAX = 4_000;
const TIME_DIGITS = 12;

interface Group {
  readonly base: string;
  /** The time in it, where it tells one. */
  readonly time: string;
  readonly names: string[];
  hasData: boolean;
  hasSign: boolean;
}

export interface NameChoice {
  /** May be called with a part of the names at a time. */
  add(names: readonly string[]): void;
  /**
   * @param perType base names of one message type that come next: not fewer than can wait in line, so that none of them
   * is passed by a later one
   * @param turn counts up
   */
  choose(perType: number, turn: number): readonly string[];
}

export function createNameChoice(): NameChoice {
  const groups = new Map<string, Group>();
  let plain: string[] = [];
  let count = 0;

  function addToGroup(name: string): void {
    const { kind, base } = fileKind(name);
    if (kind === 'temporary' || kind === 'other') return;
    let group = groups.get(base);
    if (group === undefined) groups.set(base, (group = newGroup(base)));
    group.names.push(name);
    if (kind === 'data') group.hasData = true;
    else group.hasSign = true;
  }

  return {
    add(names) {
      count += names.length;
      if (count <= USUAL_MAX) {
        plain.push(...names);
        return;
      }
      plain.forEach(addToGroup);
      plain = [];
      names.forEach(addToGroup);
    },
    choose(perType, turn) {
      if (count <= USUAL_MAX) return plain;
      const all = [...groups.values()];
      const next = new Set(comeNext(all, perType));
      const rest = all.filter((group) => !next.has(group));
      const start = rest.length === 0 ? 0 : (turn * REST_PER_TURN) % rest.length;
      const chosen = [...next, ...rest.slice(start, start + REST_PER_TURN)];
      return chosen.flatMap((group) => group.names);
    },
  };
}

function newGroup(base: string): Group {
  return { base, time: base.slice(-TIME_DIGITS), names: [], hasData: false, hasSign: false };
}

function comeNext(groups: readonly Group[], perType: number): Group[] {
  const complete = groups.filter(({ hasData, hasSign }) => hasData && hasSign);
  complete.sort((a, b) => (a.time < b.time ? -1 : 1));
  const taken = new Map<string, number>();
  const next: Group[] = [];
  for (const group of complete) {
    const type = group.base.slice(group.base.indexOf('_'), -TIME_DIGITS);
    const count = taken.get(type) ?? 0;
    if (count >= perType || next.length >= NEXT_MAX) continue;
    taken.set(type, count + 1);
    next.push(group);
  }
  return next;
}
