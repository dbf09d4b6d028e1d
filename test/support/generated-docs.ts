/** The pages under docs/ that are made from the product itself: `npm run docs` writes them, a test checks them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LANGUAGES } from '../../src/domain/account';
import { OUTCOMES } from '../../src/domain/batch';
import { FINDING_CODES, type FindingCode } from '../../src/domain/codes';
import { codeTitle } from '../../src/stages/report/texts';
import { makePipelineHome, type PipelineHome } from './pipeline-home';
import { LABORATORY_EXAMPLE, SCHEMAS, SENDER } from './shipped-examples';

const COLLECTION = join(SCHEMAS, 'covid19');
const RIGHT = LABORATORY_EXAMPLE;
const DAMAGED = `${SENDER}_LaboratoryTestResult_210510090000`;
const LANGUAGE_NAMES = { en: 'English', nl: 'Nederlands', fr: 'Français', de: 'Deutsch' } as const;

const FAMILIES: Readonly<Record<string, string>> = {
  F: 'File and name',
  H: 'Header',
  P: 'Reading',
  V: 'One value',
  R: 'Values together, and value sets',
  D: 'Duplicates and corrections',
};

/** docs/codes.md: every code a report can hold. */
export function renderCodesPage(): string {
  const parts = [
    '# Codes in reports',
    '',
    'Made from the table of codes with `npm run docs`. A code is never reused and never changes its meaning. An *error*',
    'keeps its scope out of the store: the record, or for scope file and header the whole file. `labdrop codes CODE`',
    'prints the texts.',
  ];
  for (const [family, heading] of Object.entries(FAMILIES)) {
    const codes = (Object.keys(FINDING_CODES) as FindingCode[]).filter((code) => code.startsWith(family)).sort();
    parts.push('', `## ${family}: ${heading}`, '', `| code | severity | scope | ${LANGUAGES.join(' | ')} |`);
    parts.push(`| --- | --- | --- | ${LANGUAGES.map(() => '---').join(' | ')} |`);
    for (const code of codes) {
      const { severity, scope } = FINDING_CODES[code];
      parts.push(
        `| ${code} | ${severity} | ${scope} | ${LANGUAGES.map((lang) => codeTitle(code, lang)).join(' | ')} |`,
      );
    }
  }
  return `${parts.join('\n')}\n`;
}

/** docs/reports.md: a report set of each outcome in each language, as senders get them. */
export async function renderReportsPage(): Promise<string> {
  const parts = [
    '# Reports, as senders get them',
    '',
    'Made by the product with `npm run docs` from the example batches: the text report of each outcome in each language,',
    'and what goes with it. `report.json` is described by `schemas/report.schema.json`.',
  ];
  const sets = await Promise.all(LANGUAGES.map(async (language) => [language, await makeSets(language)] as const));
  for (const outcome of OUTCOMES) {
    parts.push('', `## ${outcome}`);
    for (const [language, reports] of sets) {
      for (const [name, text] of reports) {
        if (!name.endsWith(`.${outcome}.txt`)) continue;
        parts.push('', `### ${LANGUAGE_NAMES[language]}`, '', `\`${name}\``, '', ...fenced(text));
        parts.push(...beside(reports, name.slice(0, -`.${outcome}.txt`.length)));
      }
    }
  }
  return `${parts.join('\n')}\n`;
}

async function makeSets(language: (typeof LANGUAGES)[number]): Promise<ReadonlyMap<string, string>> {
  const home = makePipelineHome({ account: { language } });
  try {
    await home.drop(`${RIGHT}.csv`, readFileSync(join(COLLECTION, 'examples', `${RIGHT}.csv`)));
    await home.drop(`${DAMAGED}.csv`, readFileSync(join(COLLECTION, 'examples-damaged', `${DAMAGED}.csv`)));
    await home.drop(`${RIGHT.slice(0, -2)}59.csv`, readFileSync(join(COLLECTION, 'examples', `${RIGHT}.csv`)));
    await home.drop(`${RIGHT.slice(0, -4)}5900.csv`, 'MessageType;TestId\n2;T1\n');
    return readReports(home);
  } finally {
    home.remove();
  }
}

function readReports(home: PipelineHome): ReadonlyMap<string, string> {
  const texts = [...home.reports()].map(([name, bytes]) => [name, bytes.toString('utf8')] as const);
  return new Map(texts);
}

/** The files for spreadsheets that belong to a text report; of wide ones the columns that matter. */
function beside(reports: ReadonlyMap<string, string>, stem: string): readonly string[] {
  const errors = reports.get(`${stem}.errors.csv`);
  if (errors === undefined) return [];
  return ['', `\`${stem}.errors.csv\``, '', ...fenced(errors.replace(/^\uFEFF/, ''))];
}

function fenced(text: string): readonly string[] {
  return ['```text', text.replaceAll('\r\n', '\n').trimEnd(), '```'];
}
