/**
 * Seeded test data: a LaboratoryTestResult file with every column, half of the optional ones filled, and a share of
 * bad records. The same seed gives the same bytes.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export const TYPE = 'LaboratoryTestResult';
const FLUSH_BYTES = 1 << 20;

/** A small repeatable generator (mulberry32): numbers from 0 to 1. */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Writes `records` records for `sender` to `path`; the column names are those of the schema. */
export function generate({ path, records, sender, schemasDir, seed = 1, badShare = 0.01 }) {
  const schema = JSON.parse(readFileSync(join(schemasDir, 'covid19', `${TYPE}.json`), 'utf8'));
  const columns = Object.keys(schema.properties);
  const random = createRandom(seed);
  const fd = openSync(path, 'w');
  let buffered = `${columns.join(';')}\n`;
  for (let number = 1; number <= records; number++) {
    const record = makeRecord(random, number, sender, seed);
    if (random() < badShare) spoil(record, random);
    buffered += `${columns.map((column) => record[column] ?? '').join(';')}\n`;
    if (buffered.length > FLUSH_BYTES) {
      writeSync(fd, buffered);
      buffered = '';
    }
  }
  writeSync(fd, buffered);
  closeSync(fd);
}

const pad = (number, digits) => String(number).padStart(digits, '0');
const pick = (random, values) => values[Math.floor(random() * values.length)];

function makeNiss(random) {
  const year = 20 + Math.floor(random() * 79);
  const day = `${pad(year, 2)}${pad(1 + Math.floor(random() * 12), 2)}${pad(1 + Math.floor(random() * 28), 2)}`;
  const first = `${day}${pad(1 + Math.floor(random() * 997), 3)}`;
  return first + pad(97 - (Number(first) % 97), 2);
}

/** A NIHDI number from its first six digits. */
function makeNihdi(first) {
  return first + pad(97 - (Number(first) % 97), 2);
}

function moment(random) {
  const day = pad(1 + Math.floor(random() * 28), 2);
  const time = [Math.floor(random() * 24), Math.floor(random() * 60), Math.floor(random() * 60)];
  return `2021-${pad(1 + Math.floor(random() * 9), 2)}-${day} ${time.map((part) => pad(part, 2)).join(':')}`;
}

function makeRecord(random, number, sender, seed) {
  const half = (value) => (random() < 0.5 ? value : '');
  const collected = moment(random);
  return {
    MessageType: '2',
    PatientIdentificationNumber: makeNiss(random),
    TelephoneNumberMobilePat: half(`04${pad(Math.floor(random() * 1e8), 8)}`),
    TelephoneNumberLLPat: half(`02${pad(Math.floor(random() * 1e7), 7)}`),
    HealthProfessionalIdentificationNumberPrescr: '11849242',
    HealthcareProviderIdentificationNumberHosp: half(makeNihdi('710999')),
    HealthProfessionalIdentificationNumberDmg: half('18749704'),
    CollectionDateTime1: collected,
    SpecimenId1: half(`S${pad(number, 9)}`),
    SpecimenMaterial1: pick(random, ['258500001', '119334006', '258529004']),
    TestCode1: pick(random, ['94500-6', '94558-4', '94309-2']),
    TestDateTime1: `2021-10-${pad(1 + Math.floor(random() * 28), 2)} 10:00:00`,
    TestResult1: pick(random, ['260373001', '260415000', '419984006']),
    ResultFlag1: half('RF0001'),
    TestId1: `T${seed}-${pad(number, 9)}`,
    HealthcareProviderIdentificationNumberLab: sender,
  };
}

function spoil(record, random) {
  const damage = [
    () => (record.PatientIdentificationNumber = record.PatientIdentificationNumber.slice(1)),
    () => (record.TestCode1 = '94500'),
    () => (record.CollectionDateTime1 = '3/04/2021 09:15'),
    () => (record.TestResult1 = ''),
  ];
  pick(random, damage)();
}
