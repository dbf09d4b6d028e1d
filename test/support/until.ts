/** Waits until `done` says so; by default until shortly before jest gives the test up, so that what was awaited is told. */
export async function until(done: () => boolean, what: string, deadlineMs = 50_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!done()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolveLater) => setTimeout(resolveLater, 10));
  }
}
