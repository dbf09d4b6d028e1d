/**
 * What a name in a drop folder is by its ending: data, marker, cancel, a temporary name of some client, or a file that
 * no marker can mean. It looks at endings only; whether the stem follows the naming rule is for `parseName`. It never
 * fails: every name is one of the five.
 */
export type FileKind = 'data' | 'marker' | 'cancel' | 'temporary' | 'other';

export interface FileNameParts {
  readonly kind: FileKind;
  /** The name without `.ok` or `.cancel` and without `.csv` or `.json`; the whole name for temporary and other files. */
  readonly base: string;
  /** As written, without the dot, '' where there is none: `csv` for `X.csv` and for `X.csv.ok`. */
  readonly extension: string;
  /** Data file names that this name stands for or may mean, best first; extensions may be in any case. */
  readonly dataNames: readonly string[];
}

const DATA_EXTENSIONS = ['csv', 'json'];
/** A file system takes no longer one. */
const NAME_MAX_BYTES = 255;
const TEMPORARY_EXTENSIONS = ['filepart', 'part', 'partial', 'tmp'];

export function splitFileName(fileName: string): FileNameParts {
  const parts = fileKind(fileName);
  switch (parts.kind) {
    case 'marker':
    case 'cancel':
      return { ...parts, dataNames: candidates(parts) };
    case 'data':
      return { ...parts, dataNames: [fileName] };
    case 'temporary':
    case 'other':
      return { ...parts, dataNames: [] };
  }
}

/** The same without `dataNames`, for a look at very many names. */
export function fileKind(fileName: string): Omit<FileNameParts, 'dataNames'> {
  const { stem, extension } = splitExtension(fileName);
  const ending = extension.toLowerCase();
  if (fileName.startsWith('.') || fileName.endsWith('~') || TEMPORARY_EXTENSIONS.includes(ending)) {
    return { kind: 'temporary', base: fileName, extension };
  }
  if (ending === 'ok' || ending === 'cancel') {
    return { kind: ending === 'ok' ? 'marker' : 'cancel', ...splitDataName(stem) };
  }
  if (fileName.includes('.') && !DATA_EXTENSIONS.includes(ending)) {
    return { kind: 'other', base: fileName, extension };
  }
  return { kind: 'data', ...splitDataName(fileName) };
}

/**
 * Names that may belong to the same batch as `fileName`, itself left out: the markers of a data file, the data files of
 * a marker. Endings come in lower and upper case; only a listing of the folder finds other spellings.
 */
export function relatedNames(fileName: string): readonly string[] {
  const { kind, base } = splitFileName(fileName);
  if (kind === 'temporary' || kind === 'other') return [];
  const stems = [base, ...DATA_EXTENSIONS.flatMap((end) => [`${base}.${end}`, `${base}.${end.toUpperCase()}`])];
  if (kind === 'data' && !stems.includes(fileName)) stems.push(fileName);
  const names = stems.flatMap((stem) => [stem, `${stem}.ok`, `${stem}.OK`, `${stem}.cancel`]);
  return names.filter((name) => name !== fileName && Buffer.byteLength(name) <= NAME_MAX_BYTES);
}

/** A data name's stem and extension; a stem with any other ending is kept whole. */
function splitDataName(name: string): { base: string; extension: string } {
  const { stem, extension } = splitExtension(name);
  return DATA_EXTENSIONS.includes(extension.toLowerCase()) ? { base: stem, extension } : { base: name, extension: '' };
}

function splitExtension(name: string): { stem: string; extension: string } {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? { stem: name, extension: '' } : { stem: name.slice(0, dot), extension: name.slice(dot + 1) };
}

function candidates({ base, extension }: { base: string; extension: string }): readonly string[] {
  const all = [base, `${base}.csv`, `${base}.json`];
  if (extension === '') return all;
  const named = `${base}.${extension}`;
  return [named, ...all.filter((name) => name.toLowerCase() !== named.toLowerCase())];
}
