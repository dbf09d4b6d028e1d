/** Two batches as operators find them: one with values that are withheld and open ones, one whose name told no type. */
import { createFinding } from '../../../src/domain/create-finding';
import { cellFinding, type CommandHome } from './command-home';

export const NISS = '1020300170';
export const PII = 'PatientIdentificationNumber';
export const OPEN = 'TestCode1';
export const FIRST = '01900000-0000-7000-8000-000000000001';
export const SECOND = '01900000-0000-7000-8000-000000000002';

export function commitTwo(home: CommandHome): void {
  home.commit({ id: FIRST }, [cellFinding(PII, NISS), cellFinding(OPEN, 'CODE-9', 3)]);
  home.commit(
    {
      id: SECOND,
      account: 'other',
      sender: '82499092',
      fileName: '82499092_X.csv',
      baseName: '82499092_X',
      messageType: null,
    },
    [createFinding('F002', { value: 'X', suggestion: 'LaboratoryTestResult', params: { type: 'X' } })],
  );
}
