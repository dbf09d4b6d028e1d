/** A value is right for the fast path exactly when the field's judge says nothing of it and it is stored as it stands. */
import type { FieldSpec } from '../../../../src/domain/message-type';
import { cleanValue } from '../../../../src/stages/parse/check-value';
import { createPlainCheck, type PlainCheck } from '../../../../src/stages/plain/check-plain-value';
import { CodeSet } from '../../../../src/stages/validate/code-set';
import { createJudge } from '../../../../src/stages/validate/create-judge';
import { latestMoment } from '../../../../src/stages/validate/verdict';
import { catalogue, types } from '../validate/support';
import { nastyValues } from './nasty-values';
import { NOW } from './read-both-ways';

const BEFORE = 'x;2021-05-01;';

function says(check: PlainCheck, value: string): boolean {
  const bytes = Buffer.from(`${BEFORE}${value};7`);
  const stretch = { bytes, raw: bytes.toString('latin1') };
  return check(stretch, BEFORE.length, bytes.length - 2, /^[\0-\x7f]*$/.test(value));
}

/** Values for which the check and the judge differ, and how many are right. */
function compare(field: FieldSpec, values: Iterable<string>, now = NOW): { wrong: string[]; right: number } {
  const list = field.codelist === null ? undefined : catalogue.codelists.get(field.codelist);
  const judge = createJudge(field, list === undefined ? null : new CodeSet(list));
  const latest = latestMoment(now);
  const check = createPlainCheck(field, judge, latest);
  const wrong: string[] = [];
  let right = 0;
  for (const value of values) {
    const stands = cleanValue(value) === value && (judge.normalise === null || judge.normalise(value) === value);
    const isRight = stands && judge.judge(value, latest).length === 0;
    // Twice, because what was right is remembered.
    for (const said of [says(check, value), says(check, value)]) if (said !== isRight) wrong.push(value);
    if (isRight) right++;
  }
  return { wrong, right };
}

/** Values come without blanks at their ends, where these are ASCII. */
const asTaken = (values: readonly string[]): readonly string[] =>
  values.map((value) => value.replace(/^ +| +$/g, '')).filter((value) => value !== '' && !/[\0-\x1f\x7f]/.test(value));

const fields = [
  ...new Map(
    types.flatMap((type) => type.fields).map((field) => [JSON.stringify({ ...field, name: '', index: 0 }), field]),
  ).values(),
];
test.each(fields.map((field): [string, string, FieldSpec] => [field.format, field.name, field]))(
  '%s %s',
  (_, __, field) => {
    const { wrong, right } = compare(field, asTaken(nastyValues(field, catalogue.codelists)));
    expect(wrong).toEqual([]);
    expect(right).toBeGreaterThan(0);
  },
);

const dateOf = (format: FieldSpec['format'], notInFuture: boolean): FieldSpec => ({
  ...fields[0]!,
  ...{ format, notInFuture, codelist: null, absentValue: null },
});
const dates = (['datetime', 'datetime-or-date', 'date', 'partial-date', 'yymmdd'] as const).flatMap((format) =>
  [true, false].map((notInFuture): [FieldSpec['format'], boolean] => [format, notInFuture]),
);
test.each(dates)('every day of some years: %s, not in the future %s', (format, notInFuture) => {
  const { wrong, right } = compare(dateOf(format, notInFuture), days());
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(right).toBeGreaterThan(1_000);
});

function* days(): Generator<string> {
  for (const year of ['0000', '0001', '0099', '0100', '1900', '1999', '2000', '2020', '2021', '2022', '9999']) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const [mm, dd] = [month, day].map((part) => String(part).padStart(2, '0'));
        yield `${year}-${mm ?? ''}-${dd ?? ''} 12:00:00`;
        yield `${year}-${mm ?? ''}-${dd ?? ''}`;
        yield `${year.slice(2)}${mm ?? ''}${dd ?? ''}`;
      }
    }
  }
}

test.each(['2021-06-01 12:00:00', '2021-05-31 23:59:59', '2020-02-28 00:00:00', '2020-12-31 12:00:00'])(
  'moments around %s and every sign that may stand wrong',
  (now) => {
    const { byLength } = latestMoment(now);
    const latest = byLength[19] ?? '';
    const near = [-2, -1, 0, 1, 2].flatMap((shift) =>
      [1000, 60_000, 3_600_000, 86_400_000].map((unit) =>
        new Date(Date.parse(`${latest.replace(' ', 'T')}Z`) + shift * unit)
          .toISOString()
          .slice(0, 19)
          .replace('T', ' '),
      ),
    );
    const spoilt = [latest, '2021-05-01 10:00:00', '2019-01-01 23:59:59'].flatMap((moment) =>
      Array.from(moment).flatMap((_, at) =>
        Array.from(`0123456789-: T/.+xé;`).map((sign) => `${moment.slice(0, at)}${sign}${moment.slice(at + 1)}`),
      ),
    );
    const clock = Array.from({ length: 100 }, (_, part) => String(part).padStart(2, '0')).flatMap((part) =>
      [`${part}:00:00`, `23:${part}:00`, `23:59:${part}`].map((time) => `2019-12-28 ${time}`),
    );
    for (const format of ['datetime', 'datetime-or-date'] as const) {
      const values = asTaken([...near, ...near.map((moment) => moment.slice(0, 10)), ...spoilt, ...clock]);
      expect(compare(dateOf(format, true), values, now).wrong).toEqual([]);
      expect(compare(dateOf(format, false), values, now).wrong).toEqual([]);
    }
  },
);
