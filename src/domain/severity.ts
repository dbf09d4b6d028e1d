/** How much a finding weighs: an `error` keeps its scope (file or record) out of the store, the others never do. */
export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a finding is about. An error of scope file or header rejects the file; record or cell, the record. */
export type Scope = 'file' | 'header' | 'record' | 'cell';
