#!/usr/bin/env node
// Shows a job live in the terminal. Ends with 0 if the job completed, else with 1.
//
//   node src/demo/watch.mjs JOB_ID                          a job that runs or has ended
//   node src/demo/watch.mjs --submit AGENT PROMPT_FILE      submits one and shows it
//   node src/demo/watch.mjs --ready                         waits until the service is ready
//
// SERVICE_URL        default http://127.0.0.1:8080
// API_BEARER_TOKEN   the service's token
// NO_COLOR           no colours
// For ./demo:
// DEMO_SCRIPT        a script for the stand-in, which goes with the prompt unseen
// DEMO_WORKSPACE     the folder the agents work in: paths are shown without it
// DEMO_JOB_FILE      where to write the id of the submitted job
import fs from 'node:fs'
import { Screen } from './screen.mjs'
import { Service } from './service.mjs'
import { clean } from './text.mjs'

const READY_MILLIS = 30_000
const LIMITS = { max_budget_usd: 0.5, timeout_seconds: 600 }

const { env, stdout } = process
const service = new Service(env.SERVICE_URL || 'http://127.0.0.1:8080', env.API_BEARER_TOKEN ?? '')
const colour = stdout.isTTY && !env.NO_COLOR && env.TERM !== 'dumb'
const width = stdout.isTTY ? Math.min(Math.max(stdout.columns || 80, 40), 100) : 80
const screen = new Screen({ write: text => stdout.write(text), width, colour, root: env.DEMO_WORKSPACE })

// Whoever read us has gone (./demo | head): so do we.
stdout.on('error', () => process.exit(1))

async function main([first, ...rest]) {
  if (first === '--ready' && rest.length === 0) return (await service.isReady(READY_MILLIS)) ? 0 : 1
  if (first === '--submit' && rest.length === 2) return watch(await submit(...rest))
  if (first && !first.startsWith('-') && rest.length === 0) return watch(first)
  console.error('usage: node src/demo/watch.mjs JOB_ID | --submit AGENT PROMPT_FILE | --ready')
  return 2
}

async function submit(agent, promptFile) {
  const prompt = fs.readFileSync(promptFile, 'utf8')
  const dim = text => (colour ? `\x1b[2m${text}\x1b[0m` : text)
  stdout.write(`POST /execute  ${dim(`to ${agent}, at most $${LIMITS.max_budget_usd.toFixed(2)}`)}\n\n`)
  for (const line of clean(prompt).trimEnd().split('\n')) stdout.write(`${dim('│')} ${line}\n`)
  stdout.write('\n')
  const job = await service.submit({ agent, prompt: prompt + script(), ...LIMITS, metadata: { source: 'demo' } })
  if (env.DEMO_JOB_FILE) fs.writeFileSync(env.DEMO_JOB_FILE, `${job.job_id}\n`)
  return job.job_id
}

/** The stand-in plays what it finds in the prompt. */
function script() {
  if (!env.DEMO_SCRIPT) return ''
  const here = (key, value) =>
    typeof value === 'string' ? value.replaceAll('@WORKSPACE@', env.DEMO_WORKSPACE ?? '.') : value
  return `\n<<fake ${JSON.stringify(JSON.parse(fs.readFileSync(env.DEMO_SCRIPT, 'utf8'), here))}>>`
}

async function watch(id) {
  for await (const event of service.events(id)) screen.show(event)
  const job = await service.job(id)
  screen.box(job.status, job.status === 'completed', rows(job))
  return job.status === 'completed' ? 0 : 1
}

function rows(job) {
  const usage = job.usage ?? {}
  const read = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens']
  const tokensIn = read.reduce((sum, name) => sum + (usage[name] ?? 0), 0)
  const cost = job.total_cost_usd === null ? 'unknown' : `$${job.total_cost_usd.toFixed(4)}`
  const madeUp = env.DEMO_SCRIPT ? ' at list price, had it been the real API' : ''
  return [
    ['job', job.job_id],
    ['turns', `${job.num_turns ?? 0}, with ${grouped(tokensIn)} tokens in and ${grouped(usage.output_tokens ?? 0)} out`],
    ['cost', cost + madeUp],
    ['time', duration(Date.parse(job.finished_at) - Date.parse(job.created_at))],
    job.status === 'completed'
      ? ['result', job.result ?? '']
      : ['error', [job.reason, job.error].filter(Boolean).join(': ')],
  ]
}

const grouped = number => number.toLocaleString('en-US')

function duration(millis) {
  const seconds = millis / 1000
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}

main(process.argv.slice(2)).then(
  status => (process.exitCode = status),
  e => {
    console.error(`\n${e.message}`)
    process.exitCode = 1
  },
)
