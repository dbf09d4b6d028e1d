/** The letters that a spreadsheet writes above a column: A for 1, Z for 26, AA for 27. */
export function columnLetter(columnNo: number): string {
  let letters = '';
  for (let rest = columnNo; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(0x41 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}
