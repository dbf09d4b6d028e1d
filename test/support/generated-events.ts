/** docs/events.md: every event that a log line can carry, with the levels at which the code raises it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type LogEvent, LOG_EVENTS } from '../../src/ports/log-events';

const SRC = resolve(__dirname, '../../src');

/** Levels at which each event is raised in the code, by its text; none for an event that nothing raises. */
export function raisedEvents(): ReadonlyMap<LogEvent, readonly string[]> {
  const code = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(SRC, path), 'utf8'))
    .join('\n');
  const raised = [...code.matchAll(/\.(debug|info|warn|error)\(\s*'([a-z.-]+)'/g)];
  const events = Object.keys(LOG_EVENTS) as LogEvent[];
  return new Map(
    events.map((event) => [event, [...new Set(raised.flatMap(([, level, name]) => (name === event ? [level!] : [])))]]),
  );
}

export function renderEventsPage(): string {
  const levels = raisedEvents();
  const rows = (Object.keys(LOG_EVENTS) as LogEvent[]).map(
    (event) => `| \`${event}\` | ${(levels.get(event) ?? []).join(', ')} | ${LOG_EVENTS[event]} |`,
  );
  return [
    '# Events in the log',
    '',
    'Made from the code with `npm run docs`. Each line of the log is one event (`log.format: json`: one object a line with',
    '`time`, `level`, `event` and fields). Alerts may rely on the names: one is never reused and never changes its meaning.',
    'No line holds a value out of a file.',
    '',
    '| event | level | meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
