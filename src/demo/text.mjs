// Text as a terminal can show it: made harmless, broken between words, shortened.

/** Text that an agent wrote, without what would move the cursor, colour the screen or turn the reading direction. */
export function clean(text) {
  return text
    .replace(/\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)/g, '')
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, '  ')
    .replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
}

/** The first line that says something. */
export function oneLine(text) {
  const lines = clean(text).split('\n').filter(line => line.trim())
  return lines.length > 1 ? `${lines[0]} …` : (lines[0] ?? '')
}

/** The first lines, and how many more there are. */
export function shorten(text, most) {
  const lines = text.split('\n')
  if (lines.length <= most + 1) return lines
  return [...lines.slice(0, most), `… ${lines.length - most} more lines`]
}

/** Lines of a width, at most so many. */
export function wrap(text, width, most) {
  const lines = []
  let line = ''
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line = line ? `${line} ${word}` : word
  }
  lines.push(line)
  const cut = lines.map(each => (each.length > width ? `${each.slice(0, width - 1)}…` : each))
  return cut.length <= most ? cut : [...cut.slice(0, most - 1), `${cut[most - 1].slice(0, width - 2)} …`]
}

/** Text that comes in pieces, broken between words at the screen's edge. Blanks and breaks at its end are not shown. */
export class Flow {
  #write
  #width
  #column = 0
  #blanks = ''
  #breaks = 0
  #word = ''
  #begun = false

  constructor(write, width) {
    this.#write = write
    this.#width = width
  }

  add(text) {
    for (const piece of text.match(/\n|[^\S\n]+|\S+/g) ?? []) {
      if (piece.trim() !== '') {
        this.#word += piece
        continue
      }
      this.end()
      if (piece === '\n') {
        this.#breaks++
        this.#blanks = ''
      } else this.#blanks += piece
    }
    if (this.#word.length >= this.#width) this.end()
  }

  /** Shows the word that may not be complete. */
  end() {
    if (this.#word === '') return
    if (this.#breaks === 0 && this.#column > 0 && this.#column + this.#blanks.length + this.#word.length > this.#width) {
      this.#breaks = 1
      this.#blanks = ''
    }
    if (this.#breaks > 0) this.#column = 0
    this.#write((this.#begun ? '\n'.repeat(this.#breaks) : '') + this.#blanks + this.#word)
    this.#column += this.#blanks.length + this.#word.length
    this.#blanks = ''
    this.#breaks = 0
    this.#word = ''
    this.#begun = true
  }
}
