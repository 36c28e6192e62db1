// The browser's verifier outside of a browser: asks on stdin as JSON, one verdict a line on stdout.
//
//   node certificate_stranger.mjs CERTIFICATE.MJS < {cases: [{token, keys, list, today}]}

import { readFileSync } from "node:fs";

const { check, readKeys, readRevocations } = await import(process.argv[2]);
const { cases } = JSON.parse(readFileSync(0, "utf8"));
for (const { token, keys, list, today } of cases) {
  const known = readKeys(keys);
  const verdict = await check(token, known, list === null ? null : await readRevocations(list, known), today);
  console.log(JSON.stringify(verdict));
}
