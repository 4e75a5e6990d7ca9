#!/usr/bin/env node
// Evaluates the expressions of an n8n workflow without an n8n: is each of them JavaScript, what do the nodes that decide
// say to this input, and what would be sent?
//
//   echo '{"env": {…}, "bodies": [{…}, …]}' | node expressions.mjs WORKFLOW.json
//
// Prints {"expressions": how many, "broken": [text], "outcomes": [{kept, request, key, url} for each body]}. A body is what
// came to the first node; "kept" is what the Filter node says, true if there is none.
import fs from 'node:fs'

const workflow = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
const { env, bodies } = JSON.parse(fs.readFileSync(0, 'utf8'))
const NAMES = ['$json', '$env', '$', '$runIndex', '$execution']
const compiled = code => new Function(...NAMES, `return (${code})`)

function* strings(value) {
  if (typeof value === 'string') yield value
  else if (value && typeof value === 'object') for (const inner of Object.values(value)) yield* strings(inner)
}
const codes = text => [...text.matchAll(/\{\{([\s\S]*?)\}\}(?!\})/g)].map(found => found[1])

const all = workflow.nodes.flatMap(node => [...strings(node.parameters)].filter(text => text.startsWith('=')).flatMap(codes))
const broken = all.filter(code => { try { compiled(code); return false } catch { return true } })

const scope = json => [json, env, () => ({ item: { json } }), 0, { id: '7' }]
/** As n8n: one expression alone keeps its type, several make a text. */
function value(text, json) {
  if (typeof text !== 'string' || !text.startsWith('=')) return text
  const body = text.slice(1)
  const parts = codes(body)
  if (parts.length === 1 && body.trim() === `{{${parts[0]}}}`) return compiled(parts[0])(...scope(json))
  return body.replace(/\{\{([\s\S]*?)\}\}(?!\})/g, (_, code) => String(compiled(code)(...scope(json)) ?? ''))
}
const OPERATIONS = { equals: (a, b) => a === b, notEquals: (a, b) => a !== b, true: a => a === true, false: a => a === false, notEmpty: a => !!a, lt: (a, b) => a < b }
const node = type => workflow.nodes.find(one => one.type === `n8n-nodes-base.${type}`)

const outcomes = bodies.map(body => {
  let json = node('webhook') ? { body } : body
  const settings = node('webhook') && node('set')
  if (settings) json = Object.fromEntries(settings.parameters.assignments.assignments.map(field => [field.name, value(field.value, json)]))
  const conditions = node('filter')?.parameters.conditions.conditions ?? []
  const kept = conditions.every(one => OPERATIONS[one.operator.operation](value(one.leftValue, json), one.rightValue))
  if (!kept) return { kept }
  const submit = workflow.nodes.find(one => one.parameters.method === 'POST').parameters
  const header = name => value(submit.headerParameters.parameters.find(one => one.name === name).value, json)
  return { kept, url: value(submit.url, json), request: JSON.parse(value(submit.jsonBody, json)), key: header('Idempotency-Key'), authorization: header('Authorization') }
})
console.log(JSON.stringify({ expressions: all.length, broken, outcomes }))
