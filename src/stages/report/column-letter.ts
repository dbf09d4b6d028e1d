/** The name a spreadsheet gives to a column: 1 is A, 26 Z, 27 AA. `columnNo` counts from 1. */
export function columnLetter(columnNo: number): string {
  let letters = '';
  for (let rest = columnNo; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}
