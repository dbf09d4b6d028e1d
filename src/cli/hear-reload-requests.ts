/** SIGHUP, from the moment on in which somebody listens: one that comes before the daemon is ready is kept until then. */
import type { ReloadRequests } from '../daemon/serve';

export function hearReloadRequests(): ReloadRequests {
  let isDue = false;
  let ask = (): void => void (isDue = true);
  process.on('SIGHUP', () => ask());
  return {
    answer: (reload) => {
      ask = reload;
      if (isDue) reload();
    },
  };
}
