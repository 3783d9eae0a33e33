// Cedar's reference implementation over standard input and output: each line in is a JSON array of questions, each line out the array of
// their answers, in order. A question is an object with `op` and what that operation takes; an answer has `ok`, and `message` when it is false.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const cedar = createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs");

const refused = (errors) => ({ ok: false, message: errors.map((e) => e.message).join("; ") });
const verdict = (answer) => (answer.type === "success" ? { ok: true } : refused(answer.errors));
const withField = (answer, name, value) => (answer.type === "success" ? { ok: true, [name]: value(answer) } : refused(answer.errors));
const ids = (items) => [...new Set(items.map((item) => item.policyId))].sort();

// The last schema stays parsed: questions about one schema come together.
let parsedSchema;
function prepareSchema(schema) {
  if (schema === undefined || schema === parsedSchema) return null;
  parsedSchema = undefined;
  const answer = cedar.preparseSchema("schema", schema);
  if (answer.type !== "success") return refused(answer.errors);
  parsedSchema = schema;
  return null;
}

function authorize({ policies, entities, schema, requests }) {
  const bad = prepareSchema(schema);
  if (bad) return bad;
  const parsed = cedar.preparsePolicySet("policies", policies);
  if (parsed.type !== "success") return refused(parsed.errors);
  const withSchema = schema === undefined ? {} : { preparsedSchemaName: "schema", validateRequest: true };
  return {
    ok: true,
    answers: requests.map((request) => {
      const answer = cedar.statefulIsAuthorized({ ...request, ...withSchema, preparsedPolicySetId: "policies", entities });
      if (answer.type !== "success") return refused(answer.errors);
      const { decision, diagnostics } = answer.response;
      return { ok: true, decision, reasons: [...diagnostics.reason].sort(), errors: ids(diagnostics.errors) };
    }),
  };
}

function validate({ policies, schema }) {
  const answer = cedar.validate({ schema, policies });
  if (answer.type !== "success") return refused(answer.errors);
  return {
    ok: true,
    errors: ids(answer.validationErrors),
    // Policies that can never take effect; the other warnings are about look-alike characters.
    warnings: ids(answer.validationWarnings.filter((w) => /impossible|applicable action/.test(w.error.message))),
    messages: answer.validationErrors.map((e) => e.error.message),
  };
}

const operations = {
  version: () => ({ ok: true, version: cedar.getCedarSDKVersion() }),
  // Policies and templates of one text.
  policies: ({ text }) => withField(cedar.policySetTextToParts(text), "count", (a) => a.policies.length + a.policy_templates.length),
  // Policies, templates and links as a whole, each in either form.
  policySet: ({ policies }) => verdict(cedar.checkParsePolicySet(policies)),
  policyToJson: ({ policy }) => withField(cedar.policyToJson(policy), "json", (a) => a.json),
  templateToJson: ({ policy }) => withField(cedar.templateToJson(policy), "json", (a) => a.json),
  policyToText: ({ policy }) => withField(cedar.policyToText(policy), "text", (a) => a.text),
  format: ({ text }) => withField(cedar.formatPolicies({ policyText: text }), "text", (a) => a.formatted_policy),
  schema: ({ schema }) => verdict(cedar.checkParseSchema(schema)),
  schemaToJson: ({ schema }) => withField(cedar.schemaToJson(schema), "json", (a) => a.json),
  resolvedSchemaToJson: ({ schema }) => withField(cedar.schemaToJsonWithResolvedTypes(schema), "json", (a) => a.json),
  schemaToText: ({ schema }) => withField(cedar.schemaToText(schema), "text", (a) => a.text),
  entities: ({ entities, schema }) => verdict(cedar.checkParseEntities({ entities, schema })),
  context: ({ context, schema, action }) => verdict(cedar.checkParseContext({ context, schema, action })),
  authorize,
  validate,
};

function answer(question) {
  try {
    const operation = operations[question.op];
    return operation ? operation(question) : { ok: false, message: `no operation \`${question.op}\`` };
  } catch (error) {
    // A panic inside the module, or a value that JavaScript cannot hold.
    return { ok: false, threw: true, message: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  process.stdout.write(JSON.stringify(JSON.parse(line).map(answer)) + "\n");
}
