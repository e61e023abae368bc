// Runs the audits of `graphql-http` against an endpoint; fails unless each is plainly "ok".
import { serverAudits } from 'graphql-http';

const audits = serverAudits({ url: process.argv[2] });
let failed = 0;
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status !== 'ok') {
    failed += 1;
    console.log(result.status, audit.id, audit.name, result.reason);
  }
}
console.log(`${audits.length} audits, ${failed} not ok`);
process.exit(failed || audits.length !== 61 ? 1 : 0);
