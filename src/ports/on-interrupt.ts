/**
 * Says what takes unfinished work away should the process be told to end meanwhile, at once and without a wait; the result
 * takes that back, when the work is done or taken away by itself.
 */
export type OnInterrupt = (takeAway: () => void) => () => void;
