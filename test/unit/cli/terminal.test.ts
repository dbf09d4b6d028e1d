/** What a person at a terminal sees more than a script: colours, a screen that is drawn again, a line of progress. */
import { createPaint, paintOutcomes } from '../../../src/cli/paint';
import { createProgressLine } from '../../../src/cli/progress-line';
import { type CommandHome, makeCommandHome } from './command-home';

const RED = '\u001b[31m';
const OFF = '\u001b[0m';

describe('colours', () => {
  it.each([
    ['a terminal', true, {}, `${RED}x${OFF}`],
    ['a pipe', false, {}, 'x'],
    ['NO_COLOR', true, { NO_COLOR: '1' }, 'x'],
    ['an empty NO_COLOR', true, { NO_COLOR: '' }, `${RED}x${OFF}`],
    ['a terminal that shows none', true, { TERM: 'dumb' }, 'x'],
  ])('%s', (_name, terminal, env, expected) => {
    expect(createPaint({ terminal, env }).bad('x')).toBe(expected);
  });

  it('mark outcomes that are words of their own, and move nothing', () => {
    const paint = createPaint({ terminal: true, env: {} });
    const text = '2026  REJECTED  lab  x_REJECTED.csv\n2026  PARTIAL   lab';
    const painted = paintOutcomes(text, paint);
    expect(painted.split(RED)).toHaveLength(2);
    expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(text);
  });
});

describe('the line of progress', () => {
  it('changes ten times a second at most, and leaves nothing behind', () => {
    let now = 0;
    const written: string[] = [];
    const show = createProgressLine(
      (text) => written.push(text),
      () => now,
    );
    for (now = 0; now < 1000; now += 1) show(`${now}`);
    expect(written).toHaveLength(10);
    expect(written.at(-1)).toBe('\r\u001b[K900');
    show('');
    show('');
    expect(written.slice(10)).toEqual(['\r\u001b[K']);
  });
});

describe('status --watch', () => {
  let home: CommandHome;
  beforeEach(() => (home = makeCommandHome()));
  afterEach(() => home.remove());

  it('goes on until it is ended', async () => {
    let looks = 0;
    const { status, out } = await home.run(['status', '--watch', '5'], () => (looks += 1) < 3);
    expect([status, out.split('not running').length - 1]).toEqual([0, 3]);
    expect(out).not.toContain('\u001b');
    const once = await home.run(['status'], () => true);
    expect(once.out.split('not running')).toHaveLength(2);
  });

  it('prints one object a line as JSON', async () => {
    const { out } = await home.run(['status', '--watch', '--json'], () => false);
    expect(JSON.parse(out)).toMatchObject({ running: null });
    expect(out.trimEnd()).not.toContain('\n');
  });
});
