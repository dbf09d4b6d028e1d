/**
 * Which files of one drop folder form a batch. A pure decision over one listing, made anew at every scan: it keeps no
 * state, moves nothing and never fails. A file that is being written or taken up (`busy`) decides nothing yet, and
 * keeps the files of its base name waiting; so does one that may still be written by another program.
 *
 * Several data files of one base name (X, X.csv, X.json) are different batches. A marker takes the one whose extension
 * it names; a plain `X.ok` the first of X, X.csv, X.json that no other marker names. The others go on waiting. A cancel
 * means what was there when it came: it came too late for what was taken up before, and withdraws nothing that follows.
 */
import { splitFileName, type FileNameParts } from '../name/split-file-name';

export interface DropEntry {
  readonly name: string;
  /** When it came, ms since 1970. */
  readonly cameAtMs: number;
  /** Tells one file from another of the same name. */
  readonly identity: string;
}

export interface PairContext {
  readonly nowMs: number;
  readonly markerGraceMs: number;
  /** Names of this folder that are being written, or belong to a batch already. */
  readonly busy: ReadonlySet<string>;
  /** Whether a file is known to have come whole: what another program puts there may still grow. */
  readonly cameWhole: (name: string) => boolean;
}

/** Data that came after its marker, and not whole for sure, must not have changed for so long. */
export const QUIET_MS = 2_000;

export interface PairDecision<Entry extends DropEntry = DropEntry> {
  /** Batches to take up. */
  readonly ready: readonly { readonly base: string; readonly data: Entry; readonly marker: Entry }[];
  /** Withdrawn: the data file and marker may be missing (never there, or taken up already). */
  readonly cancelled: readonly {
    readonly base: string;
    readonly cancel: Entry;
    readonly data: Entry | null;
    readonly marker: Entry | null;
  }[];
  /** Markers without data; `findMeant` tells what may lie there instead. */
  readonly orphanMarkers: readonly {
    readonly base: string;
    readonly marker: Entry;
    readonly ageMs: number;
    /** The grace time is over: F006 is due. */
    readonly overdue: boolean;
  }[];
  /** Data without a marker. */
  readonly waiting: readonly { readonly base: string; readonly data: Entry; readonly ageMs: number }[];
}

interface Named<Entry> {
  readonly entry: Entry;
  readonly parts: FileNameParts;
}

interface Group<Entry> {
  readonly data: Named<Entry>[];
  readonly markers: Named<Entry>[];
  readonly cancels: Named<Entry>[];
  busy: boolean;
}

export function pairFiles<Entry extends DropEntry>(
  entries: readonly Entry[],
  context: PairContext,
): PairDecision<Entry> {
  const ready: PairDecision<Entry>['ready'][number][] = [];
  const cancelled: PairDecision<Entry>['cancelled'][number][] = [];
  const orphanMarkers: PairDecision<Entry>['orphanMarkers'][number][] = [];
  const waiting: PairDecision<Entry>['waiting'][number][] = [];
  const ageOf = (entry: Entry): number => ageMsOf(entry, context.nowMs);

  for (const [base, group] of groupByBase(entries, context.busy)) {
    if (group.busy) continue;
    for (const cancel of group.cancels) {
      const data = takeData(group, cancel, ({ entry }) => entry.cameAtMs <= cancel.entry.cameAtMs);
      const marker = data !== null || group.data.length === 0 ? takeMarker(group, data ?? cancel) : null;
      cancelled.push({ base, cancel: cancel.entry, data: data?.entry ?? null, marker: marker?.entry ?? null });
    }
    const plainLast = [...group.markers].sort(
      (a, b) => Number(a.parts.extension === '') - Number(b.parts.extension === ''),
    );
    const paired = new Set<Named<Entry>>();
    for (const marker of plainLast) {
      const data = takeData(group, marker);
      if (data === null) continue;
      paired.add(marker);
      if (mayGrow(data.entry, marker.entry, context)) continue;
      ready.push({ base, data: data.entry, marker: marker.entry });
    }
    for (const marker of group.markers) {
      if (paired.has(marker)) continue;
      const ageMs = ageOf(marker.entry);
      orphanMarkers.push({ base, marker: marker.entry, ageMs, overdue: ageMs > context.markerGraceMs });
    }
    for (const { entry } of group.data) waiting.push({ base, data: entry, ageMs: ageOf(entry) });
  }
  return { ready, cancelled, orphanMarkers, waiting };
}

/**
 * A time far ahead is of before the clock was set back: nobody knows how long ago that was, and it counts for as long as
 * the clock is behind it.
 */
function ageMsOf({ cameAtMs }: DropEntry, nowMs: number): number {
  const aheadMs = cameAtMs - nowMs;
  return aheadMs < QUIET_MS ? Math.max(0, -aheadMs) : aheadMs;
}

/** A marker that comes last says that its data is whole. */
function mayGrow(data: DropEntry, marker: DropEntry, { nowMs, cameWhole }: PairContext): boolean {
  return data.cameAtMs > marker.cameAtMs && ageMsOf(data, nowMs) < QUIET_MS && !cameWhole(data.name);
}

function groupByBase<Entry extends DropEntry>(
  entries: readonly Entry[],
  busy: ReadonlySet<string>,
): Map<string, Group<Entry>> {
  const groups = new Map<string, Group<Entry>>();
  for (const entry of entries) {
    const parts = splitFileName(entry.name);
    if (parts.kind === 'temporary' || parts.kind === 'other') continue;
    const group = groups.get(parts.base) ?? { data: [], markers: [], cancels: [], busy: false };
    groups.set(parts.base, group);
    if (busy.has(entry.name)) group.busy = true;
    const members = { data: group.data, marker: group.markers, cancel: group.cancels }[parts.kind];
    members.push({ entry, parts });
  }
  for (const name of busy) {
    const group = groups.get(splitFileName(name).base);
    if (group !== undefined) group.busy = true;
  }
  return groups;
}

/** Takes out of the group the data file that a marker or cancel means, if it is one that `accepts`. */
function takeData<Entry>(
  group: Group<Entry>,
  by: Named<Entry>,
  accepts: (data: Named<Entry>) => boolean = () => true,
): Named<Entry> | null {
  for (const wanted of by.parts.dataNames) {
    const extension = splitFileName(wanted).extension.toLowerCase();
    const at = group.data.findIndex((data) => data.parts.extension.toLowerCase() === extension && accepts(data));
    if (at >= 0) return group.data.splice(at, 1)[0] ?? null;
  }
  return null;
}

/** Takes out of the group the marker that goes with a withdrawn file: one of its extension, else the plain one. */
function takeMarker<Entry>(group: Group<Entry>, by: Named<Entry>): Named<Entry> | null {
  const extension = by.parts.extension.toLowerCase();
  for (const wanted of [extension, '']) {
    const at = group.markers.findIndex(({ parts }) => parts.extension.toLowerCase() === wanted);
    if (at >= 0) return group.markers.splice(at, 1)[0] ?? null;
  }
  return null;
}

/** A file that lies there in place of the data: the same base with another ending or in other case; null if none. */
export function findMeant(base: string, names: readonly string[]): string | null {
  const wanted = base.toLowerCase();
  const meant = names.find((name) => {
    const { kind } = splitFileName(name);
    const folded = name.toLowerCase();
    return kind !== 'marker' && kind !== 'cancel' && (folded === wanted || folded.startsWith(`${wanted}.`));
  });
  return meant ?? null;
}
