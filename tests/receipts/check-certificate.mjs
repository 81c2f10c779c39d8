// Reads a certificate of unpaid service from the standard input and checks its signature (RFC 7515) by a street's verifier key.
//   node check-certificate.mjs key <serviceCertificate.json    prints what was signed
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [, keyId, blob] = process.argv[2].match(/^([^+]+\+[0-9a-f]{8})\+(.+)$/);
const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(blob, 'base64').subarray(1).toString('base64url') }, format: 'jwk' });
const { payload, protected: header, signature } = JSON.parse(readFileSync(0, 'utf8'));
const { alg, kid, typ } = JSON.parse(Buffer.from(header, 'base64url'));
if (alg !== 'EdDSA' || typ !== 'pool-service-certificate+json' || kid !== keyId) throw new Error(`signed otherwise: ${alg} ${typ} ${kid}`);
if (!verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))) throw new Error('the signature is wrong');
process.stdout.write(Buffer.from(payload, 'base64url'));
