/** What commands need to know of schemas that cannot be used, without what reads them. */
export { CatalogueProblem } from '../adapters/schemas/catalogue-problem';
