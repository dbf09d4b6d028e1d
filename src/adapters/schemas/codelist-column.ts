/**
 * What the columns of a value set's file are called: in four languages, in any spelling. Pure.
 */
import { type Language, LANGUAGES } from '../../domain/account';
import { foldSpelling } from '../../domain/nearest';

/** What a column holds; labels by language. */
export type CodelistColumn = 'code' | 'validFrom' | 'validTo' | 'system' | `label:${Language}`;

const NAMES: Readonly<Record<'code' | 'validFrom' | 'validTo' | 'system', readonly string[]>> = {
  code: ['code', 'codes', 'value', 'codeValue', 'concept', 'conceptCode', 'waarde', 'valeur', 'Wert'],
  validFrom: [
    ...['validFrom', 'from', 'start', 'startDate', 'begin', 'beginDate', 'effectiveFrom', 'effectiveDate'],
    ...['geldigVan', 'geldigVanaf', 'vanaf', 'begindatum', 'startdatum'],
    ...['valableDe', 'valableDu', 'valableÀPartirDe', 'valideDu', 'du', 'dateDébut', 'dateDeDébut', 'début'],
    ...['gültigAb', 'gueltigAb', 'gültigVon', 'gueltigVon', 'ab', 'Beginn'],
  ],
  validTo: [
    ...['validTo', 'to', 'until', 'validUntil', 'end', 'endDate', 'effectiveTo', 'expires', 'expiryDate'],
    ...['geldigTot', 'geldigTotEnMet', 'tot', 'einddatum'],
    ...["valableJusqu'au", 'valableJusquau', 'valableAu', 'valideAu', 'au', 'dateFin', 'dateDeFin', 'fin'],
    ...['gültigBis', 'gueltigBis', 'bis', 'Ende'],
  ],
  system: [
    'system',
    'codeSystem',
    'codingSystem',
    'systemUri',
    'uri',
    'oid',
    'codesysteem',
    'système',
    'systèmeDeCodage',
  ],
};

const LABEL_WORDS = [
  ...['label', 'labels', 'display', 'description', 'desc', 'name', 'term', 'text', 'title', 'meaning'],
  ...['omschrijving', 'naam', 'betekenis', 'libellé', 'nom', 'intitulé', 'Bezeichnung', 'Beschreibung', 'Name'],
];

const LANGUAGE_WORDS: Readonly<Record<Language, readonly string[]>> = {
  en: ['en', 'eng', 'english', 'Engels', 'anglais', 'Englisch'],
  nl: ['nl', 'nld', 'dut', 'dutch', 'Nederlands', 'néerlandais', 'Niederländisch'],
  fr: ['fr', 'fra', 'fre', 'french', 'Frans', 'français', 'Französisch'],
  de: ['de', 'deu', 'ger', 'german', 'Duits', 'allemand', 'Deutsch'],
};

const COLUMNS = buildTable();

/** What a column of this name holds, or null; a label that names no language is English. */
export function findCodelistColumn(name: string): CodelistColumn | null {
  return COLUMNS.get(foldSpelling(name)) ?? null;
}

function buildTable(): ReadonlyMap<string, CodelistColumn> {
  const table = new Map<string, CodelistColumn>();
  for (const [column, names] of Object.entries(NAMES)) {
    for (const name of names) table.set(foldSpelling(name), column as CodelistColumn);
  }
  for (const word of LABEL_WORDS) table.set(foldSpelling(word), 'label:en');
  for (const language of LANGUAGES) {
    for (const tongue of LANGUAGE_WORDS[language]) {
      table.set(foldSpelling(tongue), `label:${language}`);
      for (const word of LABEL_WORDS) {
        table.set(foldSpelling(word + tongue), `label:${language}`);
        table.set(foldSpelling(tongue + word), `label:${language}`);
      }
    }
  }
  return table;
}
