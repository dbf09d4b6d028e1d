import { judge, readExample, exampleFiles, types, typeNamed } from './support';

describe('the example files', () => {
  it('are a CSV and a JSON file of every message', () => {
    const wanted = types.flatMap(({ name }) => [`${name}.csv`, `${name}.json`]).sort();
    expect(exampleFiles.map((name) => name.replace(/^\d{8}_([A-Za-z]+)_\d{12}/, '$1')).sort()).toEqual(wanted);
  });

  it('carry a business key once', () => {
    const keys = exampleFiles.flatMap((fileName) => {
      const type = typeNamed(fileName.split('_')[1]!);
      return readExample(fileName).map((fields) => `${type.name} ${judge(type, fields).key}`);
    });
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBe(14 * 5);
  });

  it.each(exampleFiles)('%s is accepted without a finding', (fileName) => {
    const type = typeNamed(fileName.split('_')[1]!);
    for (const fields of readExample(fileName)) {
      expect(Object.keys(fields)).toEqual(type.fields.map(({ name }) => name));
      const { findings, rejected } = judge(type, fields);
      expect(findings).toEqual([]);
      expect(rejected).toBe(false);
    }
  });
});
