/**
 * From here on a place may stand in a second table (see record-places), which is made with the tables of each message
 * type. Nothing is changed here, but a program that looks into the first one alone must not open the store: it would not
 * find some records, and store them twice.
 */
import type { Migration } from '../migrate';

export const splitPlaces: Migration = { version: 4, sql: '' };
