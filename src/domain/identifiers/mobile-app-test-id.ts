/** The test id of the Coronalert app: 17 digits that carry a check over the date the patient became infectious. Pure. */

/** Whether YYMMDD followed by the 17 digits of `id` is a multiple of 97. False when either is not its digits. */
export function fitsInfectiousDate(id: string, yymmdd: string): boolean {
  return /^\d{17}$/.test(id) && /^\d{6}$/.test(yymmdd) && BigInt(yymmdd + id) % 97n === 0n;
}
