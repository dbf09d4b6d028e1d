/** Waits until `done` says so; the tests' own deadline is jest's. */
export async function until(done: () => boolean, what: string, deadlineMs = 20_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!done()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolveLater) => setTimeout(resolveLater, 10));
  }
}
