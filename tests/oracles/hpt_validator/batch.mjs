// CMS's own validator over many files in one process: a line of JSON in, a line of JSON out.
//
//   echo '{"path": "a.csv", "is_json": false, "version": "3.0.0"}' | node batch.mjs FOLDER
//
// FOLDER is where `npm ci` was run. A line of the answer has `errors` and `alerts`, each finding as
// [class, place, message], or `crash`, what the validator threw.

import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const resolve = createRequire(`${process.argv[2]}/package.json`).resolve;
const { validateCsv, validateJson } = await import(
  pathToFileURL(resolve("@cmsgov/hpt-validator"))
);

const told = (found) => found.map((one) => [one.constructor.name, one.path, one.message]);

for await (const line of createInterface({ input: process.stdin })) {
  const { path, is_json, version } = JSON.parse(line);
  let answer;
  try {
    const input = createReadStream(path, { encoding: "utf-8" });
    const { errors, alerts } = await (is_json ? validateJson : validateCsv)(input, version);
    answer = { errors: told(errors), alerts: told(alerts) };
  } catch (thrown) {
    answer = { crash: String(thrown) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
