// Checks a receipt by its text and the verifier keys alone; it shares nothing with the pool, not even a language.
//   node check.mjs [--flip] receipt.txt key...    --flip: changes every single bit in turn, and counts what is accepted all the same
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const hash = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const node = (left, right) => hash(Buffer.from([1]), left, right);
const must = (holds, what) => { if (!holds) throw new Error(what); };
const base64 = text => { const bytes = Buffer.from(text, 'base64'); must(bytes.toString('base64') === text, `not base64: ${text}`); return bytes; };

function readKey(text) {
  const [, name, id, blob] = text.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/);
  must(hash(Buffer.from(`${name}\n`), base64(blob)).toString('hex', 0, 4) === id, `not a key: ${text}`);
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), base64(blob).subarray(1)]);
  return { name, id, isWitness: base64(blob)[0] === 4, ed25519: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

function isSigned(text, key, { blob }) {
  if (!key.isWitness) return verify(null, Buffer.from(text), key.ed25519, blob.subarray(4));
  return verify(null, Buffer.from(`cosignature/v1\ntime ${blob.readBigUInt64BE(4)}\n${text}`), key.ed25519, blob.subarray(12));
}

function root(at, last, result, proof) {
  for (const sibling of proof) {
    must(last > 0n, 'the proof is too long');
    const isRight = (at & 1n) === 1n || at === last;
    result = isRight ? node(sibling, result) : node(result, sibling);
    while (isRight && (at & 1n) === 0n && at !== 0n) [at, last] = [at >> 1n, last >> 1n];
    [at, last] = [at >> 1n, last >> 1n];
  }
  must(last === 0n, 'the proof is too short');
  return result;
}

function check(bytes, keys) {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const [, entry, index, proof, checkpoint, origin, size, rootText, signatures] = text.match(
    /^((?:[^\n]+\n)+)\nc2sp\.org\/tlog-proof@v1\nindex (0|[1-9]\d*)\n((?:[^\n]+\n)*)\n(([^\n]+)\n([1-9]\d*)\n([^\n]+)\n)\n((?:\u2014 [^\n]+\n)+)$/);
  const lines = [...signatures.matchAll(/^\u2014 (.+) (\S+)$/gm)].map(([, name, blob]) => ({ name, blob: base64(blob) }));
  for (const key of keys) {
    const own = lines.filter(line => line.name === key.name && line.blob.toString('hex', 0, 4) === key.id);
    must(own.length > 0 && own.every(line => isSigned(checkpoint, key, line)), `not signed by ${key.name}`);
  }
  must(keys.some(key => !key.isWitness && key.name === origin), `no key of ${origin}`);
  must(BigInt(index) < BigInt(size), 'the checkpoint is older than the entry');
  const leaf = hash(Buffer.from([0]), Buffer.from(entry));
  must(root(BigInt(index), BigInt(size) - 1n, leaf, proof.split('\n').slice(0, -1).map(base64)).equals(base64(rootText)), 'the entry does not stand there');
}

const paths = process.argv.slice(2).filter(argument => argument !== '--flip');
const [bytes, keys] = [readFileSync(paths[0]), paths.slice(1).map(readKey)];
check(bytes, keys);
const flips = process.argv.includes('--flip') ? bytes.length * 8 : 0;
const accepted = Array.from({ length: flips }, (_, bit) => bit).filter(bit => {
  const changed = Buffer.from(bytes);
  changed[bit >> 3] ^= 1 << (bit & 7);
  try { check(changed, keys); return true; } catch { return false; }
});
console.log(`accepted; of ${flips} receipts with one bit changed: ${accepted.length}`);
