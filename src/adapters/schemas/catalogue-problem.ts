/** The schemas folder cannot be used as it is: every problem at once, each with its file and place. */
export class CatalogueProblem extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the schemas have ${problems.length} problem(s):\n${problems.join('\n')}`);
    this.name = 'CatalogueProblem';
    this.problems = problems;
  }
}
