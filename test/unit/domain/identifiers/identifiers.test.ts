import { checkCode, luhnDigit } from '../../../../src/domain/identifiers/code-check';
import { isEnterpriseNumber } from '../../../../src/domain/identifiers/enterprise-number';
import { fitsInfectiousDate } from '../../../../src/domain/identifiers/mobile-app-test-id';
import { isNihdi } from '../../../../src/domain/identifiers/nihdi';
import { isNiss, readNiss } from '../../../../src/domain/identifiers/niss';

describe('NISS', () => {
  it.each(['85073003328', '41072100284', '85040216932', '17073003384', '98472899765', '01490700185', '00012556777'])(
    '%s is right',
    (value) => {
      expect(isNiss(value)).toBe(true);
    },
  );

  it.each(['12345678901', '1020300170', '85.04.02-169.32', '85073003329', '850730033280', '8507300332a', ''])(
    '%j is wrong',
    (value) => {
      expect(isNiss(value)).toBe(false);
      expect(readNiss(value)).toBeNull();
    },
  );

  it('is right again with the zero that a spreadsheet ate', () => {
    expect(isNiss('01020300170')).toBe(true);
  });

  it.each([
    ['85040216932', { year: 1985, month: 4, day: 2, sex: 'male' }],
    ['17073003384', { year: 2017, month: 7, day: 30, sex: 'male' }],
    ['98472899765', { year: 1998, month: 7, day: 28, sex: 'male' }],
    ['01490700185', { year: 2001, month: 9, day: 7, sex: 'male' }],
    ['00012556777', { year: 2000, month: 1, day: 25, sex: 'male' }],
    [withCheck('850022016'), { year: 1985, month: null, day: null, sex: 'female' }],
    [withCheck('852422016'), { year: 1985, month: 4, day: 22, sex: null }],
    [withCheck('854000016'), { year: 1985, month: null, day: null, sex: 'female' }],
    [withCheck('000000016'), { year: null, month: null, day: null, sex: 'female' }],
    [withCheck('851722016'), { year: 1985, month: null, day: null, sex: 'female' }],
  ])('%s tells %j', (value, reading) => {
    expect(readNiss(value)).toEqual(reading);
  });

  function withCheck(body: string): string {
    return body + String(97 - (Number(body) % 97)).padStart(2, '0');
  }
});

describe('NIHDI number', () => {
  it.each(['81199094', '82499092', '81365677', '68071432', '11849242', '18749704'])('%s is right', (value) => {
    expect(isNihdi(value)).toBe(true);
  });

  it.each(['81365678', '8136567', '813656770', '8136567a', ''])('%j is wrong', (value) => {
    expect(isNihdi(value)).toBe(false);
  });

  it('takes either modulus', () => {
    expect(100000 % 97).not.toBe(100000 % 89);
    expect(isNihdi(`100000${String(97 - (100000 % 97)).padStart(2, '0')}`)).toBe(true);
    expect(isNihdi(`100000${String(89 - (100000 % 89)).padStart(2, '0')}`)).toBe(true);
  });
});

describe('enterprise number', () => {
  it.each(['0566988259', '0403019261', '0428759497'])('%s is right', (value) => {
    expect(isEnterpriseNumber(value)).toBe(true);
  });

  it.each(['0431150351', '566988259', '2566988259', `20000000${String(97 - (20000000 % 97)).padStart(2, '0')}`, ''])(
    '%j is wrong',
    (value) => {
      expect(isEnterpriseNumber(value)).toBe(false);
    },
  );
});

describe('Coronalert test id', () => {
  it.each([
    ['82443971088220685', '200710', true],
    ['37483803353738938', '200908', true],
    ['82443971088220685', '200711', false],
    ['82443971088220686', '200710', false],
    ['8244397108822068', '200710', false],
    ['82443971088220685', '20071', false],
  ])('%s with %s: %p', (id, date, fits) => {
    expect(fitsInfectiousDate(id, date)).toBe(fits);
  });
});

describe('checkCode', () => {
  it.each([
    ['94500-6', 'right'],
    ['96741-4', 'right'],
    ['94500-7', 'wrong'],
    ['260373001', 'right'],
    ['32570681000036106', 'right'],
    ['260373002', 'wrong'],
    ['260370301', 'wrong'],
    ['CT0001', 'none'],
    ['1833', 'none'],
    ['', 'none'],
  ])('%j is %s', (code, check) => {
    expect(checkCode(code)).toBe(check);
  });

  it('knows the Luhn digit', () => {
    expect(luhnDigit('94500')).toBe(6);
    expect(luhnDigit('0')).toBe(0);
  });
});
