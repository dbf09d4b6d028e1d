/**
 * A finding in the sender's language: what is wrong and what to do, with the values in it as they are to be written;
 * only what cannot be seen is made visible, so that the result is one line. It contains the sender's own values: it is
 * for the sender's reports, never for a log.
 */
import type { Language } from '../../domain/account';
import { belgianTime } from '../../domain/belgian-time';
import { FINDING_CODES, type FindingCode } from '../../domain/codes';
import { cutCodePoints } from '../../domain/create-finding';
import type { Finding } from '../../domain/finding';
import { columnLetter } from '../parse/column-letter';
import { showControls } from './show-controls';
import { TEXTS, type CodeTexts } from './texts';

export interface Message {
  /** What is wrong, one sentence or two. */
  readonly problem: string;
  /** What to do about it. */
  readonly fix: string;
}

/** Placeholders that every code's texts may use, besides its own params. */
export const COMMON_PLACEHOLDERS = [
  'value',
  'field',
  'line',
  'record',
  'expected',
  'suggestion',
  'columnLetter',
] as const;

/** Longest value quoted in a message, and longest list (missing columns, say), in code points. */
const VALUE_SHOWN_MAX = 80;
const LIST_SHOWN_MAX = 1500;

/** In a condition: the list holds one number alone. */
const ONE_NUMBER = '#';

/** A text cut at its placeholders: literal, name, literal, name ... literal. */
type Template = readonly string[];

interface Variant {
  readonly conditions: readonly { readonly name: string; readonly equals: string | null }[];
  readonly template: Template;
}

type Variants = Readonly<Record<'problem' | 'fix', readonly Variant[]>>;

const compiled = new Map<CodeTexts, Variants>();

/** The message of a finding in `language`. */
export function renderMessage(finding: Finding, language: Language): Message {
  const variants = variantsOf(TEXTS[language].codes[finding.code]);
  const fill = (name: string) => shown(name, finding, language);
  return {
    problem: renderFirst(variants.problem, finding, fill),
    fix: renderFirst(variants.fix, finding, fill),
  };
}

/** Problem and fix as one text. */
export function renderMessageLine(finding: Finding, language: Language): string {
  const { problem, fix } = renderMessage(finding, language);
  return `${problem} ${fix}`;
}

/** The names a code's texts may use. */
export function placeholdersOf(code: FindingCode): readonly string[] {
  return [...COMMON_PLACEHOLDERS, ...FINDING_CODES[code].params];
}

function renderFirst(variants: readonly Variant[], finding: Finding, fill: (name: string) => string): string {
  const variant = variants.find(({ conditions }) => conditions.every((condition) => holds(condition, finding)));
  let text = '';
  variant?.template.forEach((part, index) => (text += index % 2 === 0 ? part : fill(part)));
  return text;
}

function holds(condition: Variant['conditions'][number], finding: Finding): boolean {
  const raw = rawPlaceholder(condition.name, finding);
  if (condition.equals === ONE_NUMBER) return /^\d+$/.test(raw);
  return condition.equals === null ? raw !== '' : raw === condition.equals;
}

function rawPlaceholder(name: string, finding: Finding): string {
  switch (name) {
    case 'value':
    case 'field':
    case 'line':
    case 'record':
    case 'expected':
    case 'suggestion':
      return String(finding[name] ?? '');
    case 'columnLetter':
      return finding.columnNo === null ? '' : columnLetter(finding.columnNo);
    default:
      return Object.hasOwn(finding.params, name) ? String(finding.params[name]) : '';
  }
}

function shown(name: string, finding: Finding, language: Language): string {
  const raw = rawPlaceholder(name, finding);
  if (INSTANTS.has(name) && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(raw)) return belgianTime(new Date(raw));
  const text = showControls(cut(raw, name === 'value' || name === 'field' ? VALUE_SHOWN_MAX : LIST_SHOWN_MAX));
  return NOTATION.has(name) ? inWords(text, language) : text;
}

/** Placeholders filled with instants of ours, which are told as local time. */
const INSTANTS: ReadonlySet<string> = new Set(['earlierTime']);

/** Placeholders filled with our own notation (`1 | 0`, `≤ 255`, `Field = ""`); all others are quoted to the letter. */
const NOTATION: ReadonlySet<string> = new Set(['expected', 'because']);

/** Notation as it reads in a sentence, with signs that Windows-1252 has. */
function inWords(text: string, language: Language): string {
  const { empty, and } = TEXTS[language].words;
  return text
    .replaceAll(' = ""', ` ${empty}`)
    .replaceAll('""', empty)
    .replaceAll(' & ', ` ${and} `)
    .replaceAll(' | ', ', ')
    .replaceAll('≤', '<=')
    .replaceAll('≥', '>=')
    .replaceAll('≠', '<>');
}

function cut(text: string, max: number): string {
  const short = cutCodePoints(text, max);
  return short.length === text.length ? text : `${short}…`;
}

function variantsOf(texts: CodeTexts): Variants {
  const known = compiled.get(texts);
  if (known !== undefined) return known;
  const variants: { problem: Variant[]; fix: Variant[] } = { problem: [], fix: [] };
  for (const [key, text] of Object.entries(texts)) {
    const [, part, conditions] = /^(problem|fix)(?:\[(.+)\])?$/.exec(key) ?? [];
    if (part !== 'problem' && part !== 'fix') continue;
    variants[part].push({ conditions: parseConditions(conditions), template: text.split(/\{(\w+)\}/) });
  }
  for (const list of [variants.problem, variants.fix]) {
    list.sort((a, b) => Number(a.conditions.length === 0) - Number(b.conditions.length === 0));
  }
  compiled.set(texts, variants);
  return variants;
}

function parseConditions(text: string | undefined): Variant['conditions'] {
  if (text === undefined) return [];
  return text.split('&').map((condition) => {
    const [name = '', equals] = condition.split('=');
    return { name, equals: equals ?? null };
  });
}
