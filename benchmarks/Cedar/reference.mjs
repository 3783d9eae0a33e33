// Times cedar-wasm. Arguments: its folder, and a JSON file with the workloads. Writes one JSON line: per workload, nanoseconds and bytes.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [folder, file] = process.argv.slice(2);
const cedar = createRequire(`${folder}/`)("@cedar-policy/cedar-wasm/nodejs");

// As many calls as fit into the time, in batches of which the best counts.
function nanoseconds(call, budget = 1_500) {
  const start = performance.now();
  let best = Infinity;
  for (let count = 1; ; count = Math.min(count * 2, 2_000)) {
    const before = performance.now();
    for (let i = 0; i < count; i++) call();
    const now = performance.now();
    best = Math.min(best, ((now - before) * 1e6) / count);
    if (now - start > budget) return best;
  }
}

function check(answer, expected) {
  if (answer.type !== "success") throw new Error(JSON.stringify(answer.errors));
  if (expected && answer.response.decision !== expected) throw new Error(`decided ${answer.response.decision}, not ${expected}`);
}

const results = [];
for (const { name, policies, request, entities, decision } of JSON.parse(readFileSync(file, "utf8"))) {
  const text = { staticPolicies: policies };
  const memory = process.memoryUsage.rss();
  const before = performance.now();
  check(cedar.preparsePolicySet(name, text));
  const parse = (performance.now() - before) * 1e6;
  const used = process.memoryUsage.rss() - memory;
  const stateful = { ...request, preparsedPolicySetId: name, entities };
  check(cedar.statefulIsAuthorized(stateful), decision);
  const plain = { ...request, policies: text, entities };
  check(cedar.isAuthorized(plain), decision);
  results.push({
    name, parse, used, stateful: nanoseconds(() => cedar.statefulIsAuthorized(stateful)), plain: nanoseconds(() => cedar.isAuthorized(plain)),
  });
}

console.log(JSON.stringify(results));
