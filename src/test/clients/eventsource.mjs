// Follows a job as the npm package eventsource does it, and prints the id of each event until it need not come back.
//   node eventsource.mjs URL TOKEN TYPE…
import { EventSource } from 'eventsource'

const [url, token, ...types] = process.argv.slice(2)
const source = new EventSource(url, {
  fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
})
for (const type of types) source.addEventListener(type, event => console.log(event.lastEventId))
source.addEventListener('error', event => {
  if (source.readyState === EventSource.CLOSED) {
    console.log(`closed ${event.code}`)
    process.exit(event.code === 204 ? 0 : 1)
  }
})
