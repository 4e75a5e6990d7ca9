// Shows what happens in a job to a person at a terminal. Knows nothing of HTTP.
import { Flow, clean, oneLine, shorten, wrap } from './text.mjs'

const RESULT_LINES = 8
const EDIT_LINES = 4
const STYLES = { bold: 1, dim: 2, italic: 3, red: 31, green: 32, yellow: 33, cyan: 36 }
/** What a tool call is about: the first of these that its input has. */
const GIST = ['command', 'file_path', 'notebook_path', 'pattern', 'url', 'query', 'description', 'prompt']

export class Screen {
  #write
  #width
  #colour
  #root
  #begin = null
  #last = ''
  #lastWords = ''
  #calls = new Map()
  #paragraph = null

  /**
   * @param write takes the text to show
   * @param width columns
   * @param root paths below it are shown without it
   */
  constructor({ write, width, colour, root = '' }) {
    this.#write = write
    this.#width = width
    this.#colour = colour
    this.#root = root && `${root}/`
  }

  /** One event of the stream. */
  show({ event, data }) {
    if (event === 'delta') return this.#delta(data)
    if (event === 'message' || event === 'thinking') return this.#words(event, data)
    // The tokens of one call; the end has their sum.
    if (event === 'usage') return
    this.#endParagraph()
    if (event === 'status') this.#status(data)
    else if (event === 'tool_call') this.#toolCall(data)
    else if (event === 'tool_result') this.#toolResult(data)
    else if (event === 'retry') this.#line('note', this.#style(retryWords(data), 'yellow'))
    else if (event === 'rate_limit') this.#rateLimit(data)
    else if (event === 'result') this.#result(data)
    else if (event === 'stderr') this.#line('note', this.#style(this.#cut(`stderr  ${oneLine(data.text)}`), 'red'))
    else this.#line('note', this.#style(this.#cut(`${event}  ${oneLine(data.line ?? JSON.stringify(data))}`), 'dim'))
  }

  /** The end of the matter in a box: rows of [label, text]. */
  box(title, good, rows) {
    this.#endParagraph()
    const inner = Math.min(this.#width, 80) - 4
    const label = Math.max(...rows.map(row => row[0].length)) + 2
    const style = text => this.#style(text, good ? 'green' : 'red')
    this.#write(`\n${style(`╭─ ${title} ${'─'.repeat(Math.max(0, inner - title.length - 1))}╮`)}\n`)
    for (const [name, text] of rows) {
      wrap(clean(text), inner - label, 3).forEach((line, at) => {
        const head = this.#style((at === 0 ? name : '').padEnd(label), 'dim')
        this.#write(`${style('│')} ${head}${line.padEnd(inner - label)} ${style('│')}\n`)
      })
    }
    this.#write(`${style(`╰${'─'.repeat(inner + 2)}╯`)}\n`)
  }

  /** A piece of a message that is still being written. Sub-agents speak in whole messages. */
  #delta({ kind, text, parent }) {
    if (parent) return
    const type = kind === 'thinking' ? 'thinking' : 'message'
    if (this.#paragraph?.type !== type) this.#beginParagraph(type, [])
    this.#paragraph.seen += text
    this.#paragraph.flow.add(clean(text))
  }

  /** A whole message: only what its deltas have not shown yet. */
  #words(type, { text, role, parent, error }) {
    this.#lastWords = text
    const seen = this.#paragraph?.type === type && !parent ? this.#paragraph.seen : null
    if (seen !== null && text.startsWith(seen)) {
      this.#paragraph.flow.add(clean(text.slice(seen.length)))
    } else if (text.trim()) {
      this.#beginParagraph(type, error ? ['red'] : parent || role === 'user' ? ['dim'] : [])
      this.#paragraph.flow.add(clean(text))
    }
    this.#endParagraph()
  }

  #beginParagraph(type, styles) {
    this.#endParagraph()
    this.#gap(type)
    const all = type === 'thinking' ? ['dim', 'italic'] : styles
    this.#paragraph = { type, seen: '', flow: new Flow(text => this.#write(this.#style(text, ...all)), this.#width) }
  }

  #endParagraph() {
    if (this.#paragraph) {
      this.#paragraph.flow.end()
      this.#write('\n')
      this.#paragraph = null
    }
  }

  #status({ at, status, phase, detail, attempt, reason, error }) {
    this.#begin ??= Date.parse(at)
    const elapsed = `${((Date.parse(at) - this.#begin) / 1000).toFixed(1)} s`.padStart(7)
    let text = status ?? phase
    if (attempt > 1) text += ` (attempt ${attempt})`
    if (reason) text += ` (${reason}): ${error ?? ''}`
    if (phase === 'initialized') {
      text = `agent is up: ${detail.model}, ${detail.permission_mode}, Claude Code ${detail.claude_code_version}`
    }
    this.#line('status', this.#style(this.#cut(`${elapsed}  ${clean(text)}`), 'dim'))
  }

  #toolCall({ id, name, input, parent }) {
    const indent = parent ? '  ' : ''
    const gist = this.#gist(input)
    this.#calls.set(id, `${name}  ${gist}`)
    const text = this.#cut(clean(gist), name.length + 4 + indent.length)
    this.#line('call', `${indent}${this.#style('●', 'cyan')} ${this.#style(clean(name), 'bold')}  ${text}`)
    this.#last = `call ${id}`
    if (name === 'Edit') {
      this.#change('-', input.old_string, 'red')
      this.#change('+', input.new_string, 'green')
    }
  }

  #gist(input) {
    const key = GIST.find(name => typeof input?.[name] === 'string')
    const text = oneLine(key ? input[key] : JSON.stringify(input ?? {}))
    return text.startsWith(this.#root) ? text.slice(this.#root.length) : text
  }

  #change(sign, text, style) {
    for (const line of shorten(clean(text ?? ''), EDIT_LINES)) {
      this.#write(`    ${this.#style(this.#cut(`${sign} ${line}`, 4), style)}\n`)
    }
  }

  #toolResult({ tool_call_id: id, is_error: isError, content }) {
    const lines = shorten(clean(content).replace(/\s+$/, '') || '(no output)', RESULT_LINES)
    // Calls made at once answer in any order: say which one this is.
    if (this.#last !== `call ${id}`) lines.unshift(`${clean(this.#calls.get(id) ?? id)}:`)
    lines.forEach((line, at) => {
      const text = this.#cut(`${at === 0 ? '  ⎿ ' : '    '}${line.replaceAll(this.#root || '\0', '')}`)
      this.#line('outcome', this.#style(text, isError ? 'red' : 'dim'))
    })
  }

  #rateLimit({ status }) {
    if (status !== 'allowed') this.#line('note', this.#style(`usage limit: ${clean(status)}`, 'yellow'))
  }

  /** The result is mostly the last message again. */
  #result({ is_error: isError, result, detail }) {
    const text = result ?? detail?.errors?.join('; ') ?? detail?.subtype ?? 'an error'
    if (isError && text !== this.#lastWords) {
      this.#line('note', this.#style(this.#cut(oneLine(text)), 'red'))
    }
  }

  #line(kind, text) {
    this.#gap(kind)
    this.#write(`${text}\n`)
  }

  /** An empty line before whatever begins something new. */
  #gap(kind) {
    const last = this.#last.split(' ')[0]
    const together = last === '' || (last === kind && kind !== 'message') || (last === 'call' && kind === 'outcome')
    if (!together) this.#write('\n')
    this.#last = kind
  }

  #cut(text, taken = 0) {
    const room = this.#width - taken
    return text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`
  }

  #style(text, ...names) {
    if (!this.#colour || text === '') return text
    return names.reduce((inner, name) => `\x1b[${STYLES[name]}m${inner}\x1b[0m`, text)
  }
}

function retryWords({ attempt, max_retries: most, delay_ms: millis, http_status: status, error }) {
  const why = [error, status && `(${status})`].filter(Boolean).join(' ') || 'no answer'
  return `↻ API: ${clean(why)}, retry ${attempt} of ${most} in ${(millis / 1000).toFixed(1)} s`
}
