/** The judge of a field, chosen by its format. */
import type { FieldSpec } from '../../domain/message-type';
import type { CodeSet } from './code-set';
import { createCodeJudge } from './judge-code';
import { createDateJudge } from './judge-date';
import { createNumberJudge } from './judge-number';
import {
  createChoiceJudge,
  createGisaidJudge,
  createOrphaJudge,
  createPangoJudge,
  createTextJudge,
} from './judge-text';
import { RIGHT, type Judge } from './verdict';

/** `set` is the value set of a `code` field, null for the other formats; a code without a set is judged as text. */
export function createJudge(field: FieldSpec, set: CodeSet | null): Judge {
  const judge = judgeOf(field, set);
  const { absentValue } = field;
  if (absentValue === null) return judge;
  return {
    judge: (value, latest) => (value === absentValue ? RIGHT : judge.judge(value, latest)),
    normalise: judge.normalise,
  };
}

function judgeOf(field: FieldSpec, set: CodeSet | null): Judge {
  switch (field.format) {
    case 'text':
      return createTextJudge(field);
    case 'code':
      return set === null ? createTextJudge(field) : createCodeJudge(field, set);
    case 'partial-date':
    case 'date':
    case 'datetime':
    case 'datetime-or-date':
    case 'yymmdd':
      return createDateJudge(field.format, field.notInFuture);
    case 'boolean01':
      return createChoiceJudge(['1', '0'], 'V211');
    case 'enum':
      return createChoiceJudge(field.values, 'V211');
    case 'constant':
      return createChoiceJudge(field.values, 'V216');
    case 'gisaid':
      return createGisaidJudge();
    case 'pangolin':
      return createPangoJudge();
    case 'orpha':
      return createOrphaJudge();
    default:
      return createNumberJudge(field.format);
  }
}
