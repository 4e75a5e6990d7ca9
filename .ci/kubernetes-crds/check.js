// Reads a list of objects from standard input and prints what is wrong with each that is of a kind of these operators.
import * as eso from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import * as prometheus from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import { readFileSync } from "node:fs";

const kinds = { "external-secrets.io/v1": eso, "monitoring.coreos.com/v1": prometheus };
let checked = 0;
for (const object of JSON.parse(readFileSync(0, "utf8"))) {
  const kind = kinds[object.apiVersion]?.[object.kind];
  if (!kind) continue;
  checked++;
  try {
    new kind(object).validate();
  } catch (fault) {
    console.log(`${object.kind} ${object.metadata.name}: ${fault.message}`);
  }
}
console.log(`${checked} checked`);
