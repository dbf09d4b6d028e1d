/** A configuration that cannot be used: every problem at once, each with the path of its key. Exit status 78. */
export interface KeyProblem {
  /** Dotted path of the key (`sftp.port`); empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** Line in the file, first = 1; null where there is none. */
  readonly line: number | null;
}

export class ConfigProblem extends Error {
  /** The file; null when none was found. */
  readonly file: string | null;
  readonly problems: readonly KeyProblem[];

  constructor(file: string | null, problems: readonly KeyProblem[]) {
    super(problems.map((problem) => renderKeyProblem(file, problem)).join('\n'));
    this.name = 'ConfigProblem';
    this.file = file;
    this.problems = problems;
  }
}

/** One line: `file:line: key: message`. */
export function renderKeyProblem(file: string | null, problem: KeyProblem): string {
  const place = file === null ? '' : problem.line === null ? `${file}: ` : `${file}:${problem.line}: `;
  return `${place}${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}
