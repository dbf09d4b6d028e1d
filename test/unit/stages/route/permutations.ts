/** All orders of `items` in which nothing stands before what `needs` says it follows. */
export function permutations<T>(items: readonly T[], needs: (item: T) => T | null): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => {
    const needed = needs(item);
    if (needed !== null && items.includes(needed)) return [];
    const rest = items.filter((other) => other !== item);
    return permutations(rest, needs).map((order) => [item, ...order]);
  });
}
