/** SIGTERM and SIGINT, from the moment on in which somebody listens; what is done about them is for `serve`. */
import type { StopRequests } from '../daemon/serve';

export function hearStopRequests(): StopRequests {
  const first = new AbortController();
  const second = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    (first.signal.aborted ? second : first).abort(signal);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return { first: first.signal, second: second.signal };
}
