import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, truncateSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRejectionLog, type RejectionLog } from '../../../../src/adapters/rejection-log/append-rejection-log';

let folder: string;
let path: string;
let log: RejectionLog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'labdrop-log-'));
  path = join(folder, 'logs', 'rejections.log');
  log = openRejectionLog(path);
});
afterEach(() => {
  log.close();
  rmSync(folder, { recursive: true });
});

const text = (file = path): string => readFileSync(file, 'utf8');

describe('openRejectionLog', () => {
  it('makes folder and file, and appends whole lines', () => {
    log.append('one');
    log.append('two é');
    expect(text()).toBe('one\ntwo é\n');
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('goes on behind what is there', () => {
    log.append('one');
    log.close();
    log = openRejectionLog(path);
    log.append('two');
    expect(text()).toBe('one\ntwo\n');
  });

  it('writes to a new file after rotation by rename', () => {
    log.append('one');
    renameSync(path, `${path}.1`);
    log.append('two');
    expect([text(`${path}.1`), text()]).toEqual(['one\n', 'two\n']);
  });

  it('follows a file that was replaced by another of that name', () => {
    log.append('one');
    renameSync(path, `${path}.1`);
    const other = openRejectionLog(path);
    other.append('other');
    other.close();
    log.append('two');
    expect([text(`${path}.1`), text()]).toEqual(['one\n', 'other\ntwo\n']);
  });

  it.each([
    ['removed', () => unlinkSync(path)],
    ['truncated', () => truncateSync(path, 0)],
    ['gone with its folder', () => rmSync(join(folder, 'logs'), { recursive: true })],
  ])('starts afresh when the file was %s', (_, happen) => {
    log.append('one');
    happen();
    log.append('two');
    expect(text()).toBe('two\n');
  });

  it('never writes two lines for one', () => {
    log.append('one\nforged\r\nmore');
    expect(text()).toBe('one forged more\n');
  });
});
