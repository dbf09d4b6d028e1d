/** Every pair of dates of which one may not lie before the other. */
import type { MessageType } from '../../../../src/domain/message-type';
import { fieldNamed, pairs } from './field-cases';
import { judge, onField, rightRecord } from './support';

describe('every pair of dates', () => {
  const at = (type: MessageType, name: string, day: string): string =>
    fieldNamed(type, name).format === 'datetime' ? `${day} 10:00:00` : day;

  it.each(pairs)('$title', ({ type, earlier, later }) => {
    const base = rightRecord(type);
    const codes = (first: string, second: string): readonly string[] => {
      const fields = { ...base, [earlier]: at(type, earlier, first), [later]: at(type, later, second) };
      return onField(judge(type, fields).findings, later).flatMap(({ code, params }) =>
        code === 'R304' && params['other'] === earlier ? [code] : [],
      );
    };
    expect(codes('2021-04-02', '2021-04-01')).toEqual(['R304']);
    expect(codes('2021-04-01', '2021-04-01')).toEqual([]);
    expect(codes('2021-04-01', '2021-04-02')).toEqual([]);
  });
});
