/** One attack in a process of its own, told by name: says when it has begun and when all its peers are cut. */
import { readFileSync } from 'node:fs';
import { ATTACKS } from './attacks.mjs';

const [name, port, keyPath] = process.argv.slice(2);
const started = performance.now();
setInterval(() => undefined, 60_000); // a peer stays until it is told to go
const { ends } = await ATTACKS[name].begin({ port: Number(port), privateKey: readFileSync(keyPath) });
console.log('begun');
if (ends !== null) {
  await ends;
  console.log(`cut ${Math.round(performance.now() - started)}`);
}
