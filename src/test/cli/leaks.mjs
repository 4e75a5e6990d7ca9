// An agent that shows its secret wherever something can be shown, in many forms and in pieces.
const secret = process.env.GITHUB_TOKEN
const bytes = Buffer.from(secret)
const print = value => process.stdout.write(JSON.stringify(value) + '\n')
const base32 = buffer => {
  let bits = ''
  for (const byte of buffer) bits += byte.toString(2).padStart(8, '0')
  return bits.match(/.{5}/g).map(five => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five, 2)]).join('')
}
const forms = {
  plain: secret,
  base64: bytes.toString('base64'),
  base64_one_later: Buffer.from('x' + secret).toString('base64'),
  base64_two_later: Buffer.from('xy' + secret).toString('base64'),
  base64_wrapped: bytes.toString('base64').replace(/.{11}/g, '$&\n'),
  base64url: bytes.toString('base64url'),
  hex: bytes.toString('hex'),
  hex_spaced: bytes.toString('hex').toUpperCase().replace(/../g, '$& '),
  url: encodeURIComponent(secret),
  json: JSON.stringify(secret),
  json_twice: JSON.stringify(JSON.stringify(secret)),
  reversed: [...secret].reverse().join(''),
  folded: secret.replace(/.{7}/g, '$&\n'),
  base32: base32(bytes),
}
const all = Object.entries(forms).map(([name, form]) => `${name}=${form}`).join(' ; ')

// What is shown while a message is written, in pieces of all sizes.
for (const size of [1, 2, 3, 5, 8, 13]) {
  for (const piece of ('it is ' + secret + '. ').match(new RegExp(`[^]{1,${size}}`, 'g'))) {
    print({ type: 'stream_event', event: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: piece } } })
  }
}
print({ type: 'assistant', message: { model: 'stub', content: [{ type: 'text', text: all }, { type: 'thinking', thinking: all }] } })
for (const form of Object.values(forms)) print({ type: 'assistant', message: { content: [{ type: 'tool_use', id: 't', name: 'Bash', input: { command: form } }] } })
print({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 't', content: all }] }, tool_use_result: { stdout: all } })
print({ type: 'news', [secret]: all })
process.stdout.write(all.replaceAll('\n', ' ') + '\n')
// In one line, and broken across two.
process.stderr.write(all + '\n' + secret.slice(0, 17) + '\n' + secret.slice(17) + '\n')
// A token that nobody gave it.
print({ type: 'assistant', message: { content: [{ type: 'text', text: 'found ghp_' + 'A1b2C3d4E5'.repeat(4) }] } })
await new Promise(done => setTimeout(done, 300))
print({ type: 'result', subtype: 'success', is_error: false, result: all, structured_output: { all }, num_turns: 1, total_cost_usd: 0.01, queued_turn_count: 0 })
