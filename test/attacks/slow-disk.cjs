/** Loaded before the daemon: what the account `slow` uploads takes the disk three seconds a write. */
const fs = require('node:fs');

const WRITE_MS = 3_000;

function slowed(original) {
  const wrapped = (fd, ...rest) => {
    const write = () => original(fd, ...rest);
    let path = '';
    try {
      path = fs.readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // Closed meanwhile: the call itself tells.
    }
    if (path.includes('/uploads/slow/')) setTimeout(write, WRITE_MS);
    else write();
  };
  // promisify() of what is replaced must go on returning an object of several values.
  for (const symbol of Object.getOwnPropertySymbols(original)) wrapped[symbol] = original[symbol];
  return wrapped;
}

fs.write = slowed(fs.write);
fs.writev = slowed(fs.writev);
