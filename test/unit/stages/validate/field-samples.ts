/** Values of every format that are accepted, and values that are refused, each with its code. */
import type { FieldSpec, Format } from '../../../../src/domain/message-type';
import { catalogue } from './support';

export interface Samples {
  readonly accepted: readonly string[];
  /** Value and code. */
  readonly refused: readonly (readonly [string, string])[];
}

const LONG = 'x'.repeat(256);

const SAMPLES: Readonly<Record<Exclude<Format, 'code' | 'enum' | 'constant'>, Samples>> = {
  text: {
    accepted: [
      'Zoë',
      'x'.repeat(255),
      '😀'.repeat(255),
      '-',
      '---',
      '+',
      '+/-',
      '-1,5',
      '+32 470 12 34 56',
      '12E3',
      '1e5',
    ],
    refused: [
      [LONG, 'V212'],
      ['😀'.repeat(256), 'V212'],
      ['=1+1', 'V217'],
      ['@SUM(A1)', 'V217'],
      ['-x', 'V217'],
      ['+A1', 'V217'],
    ],
  },
  'partial-date': {
    accepted: ['1985-04-02', '1985-04', '1985', '2000-02-29'],
    refused: [
      ['02/04/1985', 'V204'],
      ['85', 'V204'],
      ['1985-4', 'V204'],
      ['1985-00', 'V205'],
      ['1985-13', 'V205'],
      ['1985-02-29', 'V205'],
      ['0000', 'V205'],
      ['2022', 'V206'],
      ['2021-07', 'V206'],
      ['1.98E+03', 'V203'],
    ],
  },
  date: {
    accepted: ['2021-04-28', '1900-01-01', '2020-02-29'],
    refused: [
      ['28/04/2021', 'V204'],
      ['2021-04', 'V204'],
      ['2021-04-28 10:00:00', 'V204'],
      ['2021-02-30', 'V205'],
      ['1900-02-29', 'V205'],
      ['2021-06-03', 'V206'],
      ['4.4E+04', 'V203'],
    ],
  },
  datetime: {
    accepted: ['2021-04-28 10:00:00', '2021-03-28 02:30:00', '2021-04-28 00:00:00'],
    refused: [
      ['2021-04-28', 'V204'],
      ['2021-04-28T10:00:00', 'V204'],
      ['2021-04-28 10:00', 'V204'],
      ['2021-04-28 24:00:00', 'V205'],
      ['2021-04-28 10:60:00', 'V205'],
      ['2021-04-28 10:00:60', 'V205'],
      ['2021-04-31 10:00:00', 'V205'],
      ['4,43E+04', 'V203'],
    ],
  },
  'datetime-or-date': {
    accepted: ['2021-04-28 10:00:00', '2021-04-28'],
    refused: [
      ['2021-04', 'V204'],
      ['28.04.2021', 'V204'],
      ['2021-04-28 25:00:00', 'V205'],
      ['2021-06-03', 'V206'],
      ['4.4E+04', 'V203'],
    ],
  },
  yymmdd: {
    accepted: ['210429', '200229'],
    refused: [
      ['2021-04-29', 'V204'],
      ['21042', 'V204'],
      ['210431', 'V205'],
      ['210603', 'V206'],
      ['2.1E+05', 'V203'],
    ],
  },
  niss: {
    accepted: ['85073003328', '17073003384', '98472899765'],
    refused: [
      ['1020300170', 'V201'],
      ['85.04.02-169.32', 'V201'],
      ['12345678901', 'V202'],
      ['8.5073E+10', 'V203'],
      ['8,5E+10', 'V203'],
    ],
  },
  nihdi8: {
    accepted: ['81199094', '18749704'],
    refused: [
      ['8119909', 'V207'],
      ['81199094000', 'V207'],
      ['81199095', 'V208'],
      ['8.12E+07', 'V203'],
    ],
  },
  kbo10: {
    accepted: ['0566988259', '0403019261'],
    refused: [
      ['566988259', 'V209'],
      ['0431150351', 'V209'],
      ['2566988259', 'V209'],
      ['0566.988.259', 'V209'],
      ['5.67E+08', 'V203'],
    ],
  },
  'nihdi8-or-niss': {
    accepted: ['81199094', '85073003328'],
    refused: [
      ['811990940', 'V201'],
      ['1020300170', 'V201'],
      ['12345678901', 'V202'],
      ['8119909', 'V207'],
      ['x', 'V207'],
      ['81199095', 'V208'],
      ['8.5E+10', 'V203'],
    ],
  },
  'nihdi8-or-kbo10': {
    accepted: ['81199094', '0566988259'],
    refused: [
      ['566988259', 'V209'],
      ['0431150351', 'V209'],
      ['81199094000', 'V207'],
      ['8119909', 'V207'],
      ['81199095', 'V208'],
      ['5.67E+08', 'V203'],
    ],
  },
  ctpc16: {
    accepted: ['4KD82MXQ7PLA93ZT', '4kd8-2mxq-7pla-93zt', '4KD8 2MXQ 7PLA 93ZT'],
    refused: [
      ['4KD82MXQ7PLA93Z', 'V210'],
      ['4KD82MXQ7PLA93Z?', 'V210'],
      ['4K-D82MXQ7PLA93ZT', 'V210'],
      ['1.23E+15', 'V203'],
    ],
  },
  'mobile-app-test-id': {
    accepted: ['82443971088220685', '8244-3971-0882-2068-5'],
    refused: [
      ['8244397108822068', 'V213'],
      ['8244397108822068x', 'V213'],
      ['8.24E+16', 'V203'],
    ],
  },
  boolean01: {
    accepted: ['1', '0'],
    refused: [
      ['ja', 'V211'],
      ['2', 'V211'],
      ['1.00E+00', 'V203'],
    ],
  },
  gisaid: {
    accepted: ['EPI_ISL_123456'],
    refused: [
      ['123456', 'V215'],
      ['EPI_ISL_', 'V215'],
      ['1.2E+05', 'V203'],
    ],
  },
  pangolin: {
    accepted: ['A', 'B', 'B.1.1.7', 'BA.2', 'XBB.1.5', 'XD'],
    refused: [
      ['BA', 'V214'],
      ['B.1.1.529.2', 'V214'],
      ['b.1.1.7', 'V214'],
      ['I.1', 'V214'],
      ['1.1E+07', 'V203'],
    ],
  },
  orpha: { accepted: ['355', 'ORPHA:355'], refused: [['x', 'R301']] },
};

/** Samples of a field: those of its format, cut to what its schema adds. */
export function samplesOf(field: FieldSpec): Samples {
  switch (field.format) {
    case 'constant':
      return {
        accepted: field.values,
        refused: [
          ['9', 'V216'],
          ['1.00E+00', 'V203'],
        ],
      };
    case 'enum':
      return {
        accepted: field.values,
        refused: [
          ['?', 'V211'],
          ['1.00E+00', 'V203'],
        ],
      };
    case 'code':
      return codeSamples(field);
    case 'text': {
      const { accepted, refused } = SAMPLES.text;
      if (!field.identifier) return { accepted: [...accepted, '8.5E+10'], refused };
      return { accepted, refused: [...refused, ['8.5E+10', 'V203']] };
    }
    default: {
      const { accepted, refused } = SAMPLES[field.format];
      if (field.notInFuture) return { accepted, refused: [...refused, ...ahead(field.format)] };
      const past = refused.filter(([, code]) => code !== 'V206');
      return { accepted: [...accepted, ...ahead(field.format).map(([value]) => value)], refused: past };
    }
  }
}

/** Just more than a day after now; one second earlier is in order. */
function ahead(format: Format): readonly (readonly [string, string])[] {
  return format === 'datetime' || format === 'datetime-or-date' ? [['2021-06-02 12:00:01', 'V206']] : [];
}

function codeSamples(field: FieldSpec): Samples {
  const { closed, entries } = catalogue.codelists.get(field.codelist!)!;
  const codes = entries.map(({ code }) => code);
  const spellings = [...codes, ...codes.map((code) => code.toLowerCase())];
  const joined =
    field.multiple === null ? [] : [codes.slice(0, 3).join(` ${field.multiple} `), `${codes[0]!}||${codes[1]!}`];
  const accepted = [...spellings, ...joined];
  if (closed)
    return {
      accepted,
      refused: [
        ['nonsense', 'R301'],
        ['1.00E+05', 'V203'],
      ],
    };
  const near = codes.slice(0, 1).map((code) => [`${code}0`, 'R301'] as const);
  return { accepted: [...accepted, 'nonsense'], refused: [...near, [LONG, 'V212'], ['1.00E+05', 'V203']] };
}

/** A value of the field that nothing speaks against. */
export function anyValue(field: FieldSpec): string {
  return samplesOf(field).accepted[0]!;
}
