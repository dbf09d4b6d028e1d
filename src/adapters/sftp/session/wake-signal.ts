/** Lets one loop sleep until something, whatever it is, has happened; the loop then looks for itself. */
export class WakeSignal {
  private resolve: (() => void) | null = null;
  private raised = false;

  /** Resolves at the next `raise`, or at once when there was one since the last wait. */
  wait(): Promise<void> {
    if (this.raised) {
      this.raised = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  raise(): void {
    const { resolve } = this;
    this.resolve = null;
    if (resolve === null) this.raised = true;
    else resolve();
  }
}
