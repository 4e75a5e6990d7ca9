// Talks to the service over HTTP: submit a job, look at it, follow its events. Node alone, no dependencies.
import http from 'node:http'
import https from 'node:https'

/** How often a stream may break without an event in between before we give up. */
const MAX_BREAKS = 5
/** The service sends something every 15 s; silence for this long means that the connection is dead. */
const SILENCE_MILLIS = 60_000
const FINAL = new Set(['completed', 'failed', 'timeout', 'cancelled'])

const sleep = millis => new Promise(resolve => setTimeout(resolve, millis))

/** The service's own words for what it refused. */
export class Refused extends Error {
  constructor(status, body) {
    super(words(status, body))
    this.status = status
  }
}

function words(status, body) {
  let problem
  try {
    problem = JSON.parse(body)
  } catch {
    return `the service answered ${status}: ${body.slice(0, 500)}`
  }
  const errors = (problem.errors ?? []).map(error => `\n  ${error.field}: ${error.message}`).join('')
  return `the service answered ${status}: ${problem.title ?? ''}: ${problem.detail ?? ''}${errors}`
}

export class Service {
  #url
  #token
  #http
  // An agent of our own: the global one may be told by the environment to use a proxy.
  #agent

  constructor(url, token) {
    this.#url = url.replace(/\/$/, '')
    this.#token = token
    this.#http = url.startsWith('https:') ? https : http
    this.#agent = new this.#http.Agent({ keepAlive: false })
  }

  /** @returns whether the service is ready within so many milliseconds */
  async isReady(millis) {
    for (const end = Date.now() + millis; ; await sleep(100)) {
      const response = await this.#send('GET', '/q/health/ready').catch(() => null)
      if (response) await textOf(response)
      if (response?.statusCode === 200) return true
      if (Date.now() > end) return false
    }
  }

  agents() {
    return this.#json('GET', '/agents')
  }

  submit(job) {
    return this.#json('POST', '/execute', JSON.stringify(job))
  }

  job(id) {
    return this.#json('GET', `/jobs/${encodeURIComponent(id)}`)
  }

  /** Everything that happens in a job until its end, as {id, event, data}; a broken connection is taken up again. */
  async *events(id) {
    let last = null
    let why = ''
    for (let breaks = 0; breaks < MAX_BREAKS; breaks++) {
      if (breaks > 0) await sleep(1000)
      try {
        for await (const event of this.#connection(id, last)) {
          yield event
          if (event.id === null) continue
          last = event.id
          breaks = 0
          if (event.event === 'status' && FINAL.has(event.data.status)) return
        }
      } catch (e) {
        if (e instanceof Refused && e.status < 500) throw e
        why = `: ${e.message || e.code}`
      }
    }
    throw new Error(`the events could not be followed to their end${why}`)
  }

  async *#connection(id, last) {
    const headers = last === null ? {} : { 'Last-Event-ID': last }
    const response = await this.#send('GET', `/jobs/${encodeURIComponent(id)}/events?deltas=true`, headers)
    if (response.statusCode !== 200) throw new Refused(response.statusCode, await textOf(response))
    yield* framesOf(response)
  }

  async #json(method, path, body) {
    const response = await this.#send(method, path, body ? { 'Content-Type': 'application/json' } : {}, body)
    const text = await textOf(response)
    if (response.statusCode >= 300) throw new Refused(response.statusCode, text)
    return JSON.parse(text)
  }

  #send(method, path, headers = {}, body = undefined) {
    const options = { method, agent: this.#agent, headers: { Authorization: `Bearer ${this.#token}`, ...headers } }
    return new Promise((resolve, reject) => {
      const request = this.#http.request(this.#url + path, options, resolve)
      request.setTimeout(SILENCE_MILLIS, () => request.destroy(new Error('the service fell silent')))
      request.on('error', reject)
      request.end(body)
    })
  }
}

async function textOf(response) {
  let text = ''
  response.setEncoding('utf8')
  for await (const chunk of response) text += chunk
  return text
}

/** Server-sent events as they come in; comments and frames without data are passed over. */
async function* framesOf(stream) {
  stream.setEncoding('utf8')
  let rest = ''
  let frame = { id: null, event: 'message', lines: [] }
  for await (const chunk of stream) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()
    for (const line of lines) {
      if (line === '') {
        if (frame.lines.length > 0) yield { id: frame.id, event: frame.event, data: JSON.parse(frame.lines.join('\n')) }
        frame = { id: null, event: 'message', lines: [] }
      } else if (line.startsWith('id: ')) frame.id = line.slice(4)
      else if (line.startsWith('event: ')) frame.event = line.slice(7)
      else if (line.startsWith('data: ')) frame.lines.push(line.slice(6))
    }
  }
}
