#!/usr/bin/env node
// A stand-in for HashiCorp Vault or OpenBao for tests. No dependencies, loopback only, everything in memory.
//
//   node vault.mjs [port]                 port 0 = ephemeral; prints "listening <port>"
//   VAULT_DEV_ROOT_TOKEN_ID=root          the root token, as of "vault server -dev"
//
// Of the public API it has, with the public API's answers (a KV version 2 engine is mounted at secret/):
//   GET  /v1/sys/health, /v1/sys/seal-status              PUT /v1/sys/seal
//   GET  /v1/sys/internal/ui/mounts/<path>                which KV version a path has
//   PUT  /v1/sys/policies/acl/<name>                      {policy}: JSON, {"path": {"secret/data/ci": {"capabilities": ["read"]}}}
//   POST /v1/auth/token/create                            {policies, ttl: "60s", explicit_max_ttl, renewable}
//   GET  /v1/auth/token/lookup-self                       POST /v1/auth/token/renew-self, /revoke-self
//   POST /v1/auth/<mount>/role/<name>                     {bound_service_account_names, …_namespaces, token_policies, token_ttl, token_max_ttl}
//   POST /v1/auth/<mount>/login                           {role, jwt}; <mount> is "kubernetes" or whatever roles were made for
//   GET  /v1/<mount>/data/<path>[?version=n]              POST writes {data, options: {cas}}, DELETE removes the last version
//   GET  /v1/<mount>/metadata/<path>                      LIST (or ?list=true) lists, DELETE removes all of it
//
// A real Vault asks the cluster about a JWT; this one knows those that it was told of. What no Vault has, for tests alone:
//   PUT  /__control/secret/<mount>/<path>   {field: value, …}                            a new version; needs no token
//   PUT  /__control/jwt                     {jwt, namespace, service_account, role?, policies?, ttl?, max_ttl?}
//                                           a good JWT; with role, makes that role of auth/kubernetes for it, too
//   POST /__control/seal, /__control/unseal
//   POST /__control/slow                    {ms}: each answer of /v1 takes that long; 0 ends it
//   POST /__control/fail                    {status, errors?}: each answer of /v1 is this one; {} ends it
//   POST /__control/revoke                  {token}: that one; {}: all but the root token
//   POST /__control/advance                 {seconds}: its clock moves on, so leases run out
//   GET  /__control/requests                {at, method, path, status} of each request to /v1, oldest first; DELETE forgets them
//   GET  /__control/tokens                  {token, policies, expires_in, renewals} of each living token but the root token
import http from 'node:http'
import crypto from 'node:crypto'

const ROOT = process.env.VAULT_DEV_ROOT_TOKEN_ID ?? 'root'
const DEFAULT_POLICY = { 'auth/token/lookup-self': ['read'], 'auth/token/renew-self': ['update'], 'auth/token/revoke-self': ['update'] }
const SYSTEM_MAX_TTL = 32 * 24 * 3600

const mounts = new Map([['secret', new Map()]])
const policies = new Map([['default', DEFAULT_POLICY]])
const tokens = new Map()
const roles = new Map()
const jwts = new Map()
let requests = []
let sealed = false
let slow = 0
let failure = null
let advanced = 0

const now = () => Date.now() + advanced
const iso = at => new Date(at).toISOString()
const seconds = (said, usual) => {
  if (said === undefined || said === null || said === '') return usual
  if (typeof said === 'number') return said
  const [, number, unit] = /^(\d+)([smh]?)$/.exec(String(said)) ?? []
  if (!number) throw new Refusal(400, `error parsing ttl ${said}`)
  return Number(number) * { '': 1, s: 1, m: 60, h: 3600 }[unit]
}

class Refusal extends Error {
  constructor(status, ...errors) { super(errors[0]); this.status = status; this.errors = errors }
}
const denied = () => new Refusal(403, 'permission denied')

const envelope = more => ({ request_id: crypto.randomUUID(), lease_id: '', renewable: false, lease_duration: 0, data: null, wrap_info: null, warnings: null, auth: null, ...more })

function newToken({ names, ttl, maxTtl, renewable, metadata = null, path }) {
  const token = {
    id: `hvs.${crypto.randomBytes(60).toString('base64url')}`, accessor: crypto.randomBytes(18).toString('base64url'), renewals: 0,
    names, metadata, path, renewable, maxTtl: maxTtl || SYSTEM_MAX_TTL, made: now(), ttl, expires: 0,
  }
  extend(token, ttl)
  tokens.set(token.id, token)
  return token
}

/** The end of a lease never lies beyond the token's own end. */
function extend(token, ttl) {
  const wanted = now() + ttl * 1000
  const end = token.made + token.maxTtl * 1000
  token.expires = Math.min(wanted, end)
  return wanted > end ? [`TTL of "${ttl}s" exceeded the effective max_ttl of "${Math.floor((end - now()) / 1000)}s"; TTL value is capped accordingly`] : null
}

const left = token => Math.max(0, Math.floor((token.expires - now()) / 1000))

const auth = (token, warnings = null) => envelope({
  warnings,
  auth: {
    client_token: token.id, accessor: token.accessor, policies: token.names, token_policies: token.names, metadata: token.metadata,
    lease_duration: left(token), renewable: token.renewable, entity_id: '', token_type: 'service', orphan: true, mfa_requirement: null, num_uses: 0,
  },
})

function whose(req) {
  const id = req.headers['x-vault-token'] ?? (/^Bearer (.+)$/i.exec(req.headers.authorization ?? '') ?? [])[1]
  if (id === ROOT) return { id, names: ['root'], renewable: false, expires: Infinity, made: 0, ttl: 0, path: 'auth/token/root', metadata: null }
  const token = tokens.get(id)
  if (token && token.expires <= now()) tokens.delete(id)
  if (!tokens.has(id)) throw denied()
  return token
}

/** Policies are added up; the longest path that fits decides within one, as far as tests need it. */
function allow(token, path, capability) {
  if (token.names.includes('root')) return
  const granted = token.names.flatMap(name => {
    const fitting = Object.entries(policies.get(name) ?? {}).filter(([pattern]) => fits(pattern, path))
    return fitting.sort(([a], [b]) => b.length - a.length)[0]?.[1] ?? []
  })
  if (granted.includes('deny') || !granted.includes(capability)) throw denied()
}

const fits = (pattern, path) => new RegExp('^' + pattern.replace(/[.?^${}()|[\]\\]/g, '\\$&').replace(/\+/g, '[^/]+').replace(/\*$/, '.*') + '$').test(path)

function kv(method, mount, kind, path, query, body, token) {
  const engine = mounts.get(mount)
  const full = `${mount}/${kind}/${path}`
  const listing = method === 'LIST' || query.get('list') === 'true'
  const capability = listing ? 'list' : { GET: 'read', POST: 'update', PUT: 'update', DELETE: 'delete' }[method]
  const entry = engine.get(path)
  allow(token, full, capability === 'update' && !entry ? 'create' : capability)
  if (listing) {
    const folder = path === '' || path.endsWith('/') ? path : path + '/'
    const keys = [...new Set([...engine.keys()].filter(key => key.startsWith(folder)).map(key => key.slice(folder.length).replace(/\/.*/, '/')))]
    if (!keys.length) throw new Refusal(404)
    return envelope({ data: { keys: keys.sort() } })
  }
  if (capability === 'update' && kind === 'data') return write(engine, path, entry, body)
  if (!entry) {
    if (method === 'DELETE') return null
    throw new Refusal(404)
  }
  if (kind === 'metadata') {
    if (method === 'DELETE') { engine.delete(path); return null }
    return envelope({ data: metadataOf(entry) })
  }
  return data(method, entry, Number(query.get('version') ?? 0) || entry.length)
}

function write(engine, path, entry = [], body) {
  if (body?.data === undefined) throw new Refusal(400, 'no data provided')
  const cas = body.options?.cas
  if (cas !== undefined && cas !== entry.length) throw new Refusal(400, 'check-and-set parameter did not match the current version')
  entry.push({ data: body.data, created: now(), deleted: null })
  engine.set(path, entry)
  return envelope({ data: versionOf(entry, entry.length) })
}

function data(method, entry, number) {
  const version = entry[number - 1]
  if (method === 'DELETE') { entry[entry.length - 1].deleted = now(); return null }
  if (!version) throw new Refusal(404)
  const answer = envelope({ data: { data: version.deleted ? null : version.data, metadata: versionOf(entry, number) } })
  if (version.deleted) throw Object.assign(new Refusal(404), { answer })
  return answer
}

const versionOf = (entry, number) => ({
  created_time: iso(entry[number - 1].created), custom_metadata: null, deletion_time: entry[number - 1].deleted ? iso(entry[number - 1].deleted) : '', destroyed: false, version: number,
})

const metadataOf = entry => ({
  cas_required: false, created_time: iso(entry[0].created), current_version: entry.length, custom_metadata: null, delete_version_after: '0s', max_versions: 0, oldest_version: 1,
  updated_time: iso(entry.at(-1).created),
  versions: Object.fromEntries(entry.map((version, i) => [i + 1, { created_time: iso(version.created), deletion_time: version.deleted ? iso(version.deleted) : '', destroyed: false }])),
})

function login(mount, body) {
  if (!body?.role) throw new Refusal(400, 'missing role')
  if (!body.jwt) throw new Refusal(400, 'missing jwt')
  const role = roles.get(`${mount}/${body.role}`)
  if (!role) throw new Refusal(400, `invalid role name "${body.role}"`)
  const who = jwts.get(body.jwt)
  if (!who) throw denied()
  if (!role.namespaces.includes(who.namespace) && !role.namespaces.includes('*')) throw new Refusal(403, 'namespace not authorized')
  if (!role.names.includes(who.serviceAccount) && !role.names.includes('*')) throw new Refusal(403, 'service account name not authorized')
  const metadata = { role: body.role, service_account_name: who.serviceAccount, service_account_namespace: who.namespace, service_account_secret_name: '', service_account_uid: 'stand-in' }
  return auth(newToken({ names: ['default', ...role.policies], ttl: role.ttl, maxTtl: role.maxTtl, renewable: true, metadata, path: `auth/${mount}/login` }))
}

const list = said => said === undefined ? [] : Array.isArray(said) ? said : String(said).split(',')

const roleOf = body => ({
  names: list(body.bound_service_account_names), namespaces: list(body.bound_service_account_namespaces), policies: list(body.token_policies ?? body.policies),
  ttl: seconds(body.token_ttl ?? body.ttl, 3600), maxTtl: seconds(body.token_max_ttl ?? body.max_ttl, 0),
})

function tokenCall(method, what, token, body) {
  switch (`${method} ${what}`) {
    case 'GET lookup-self': return envelope({
      data: {
        accessor: token.accessor ?? '', creation_time: Math.floor(token.made / 1000), creation_ttl: token.ttl, display_name: 'token', entity_id: '',
        expire_time: token.expires === Infinity ? null : iso(token.expires), explicit_max_ttl: 0, id: token.id, meta: token.metadata, num_uses: 0, orphan: true,
        path: token.path, policies: token.names, renewable: token.renewable, ttl: token.expires === Infinity ? 0 : left(token), type: 'service',
      },
    })
    case 'POST renew-self': case 'PUT renew-self':
      if (!token.renewable) throw new Refusal(400, 'lease is not renewable')
      token.renewals++
      return auth(token, extend(token, seconds(body?.increment, token.ttl) || token.ttl))
    case 'POST revoke-self': case 'PUT revoke-self': tokens.delete(token.id); return null
    case 'POST create': case 'PUT create':
      return auth(newToken({
        names: ['default', ...list(body?.policies)], ttl: seconds(body?.ttl, SYSTEM_MAX_TTL), maxTtl: seconds(body?.explicit_max_ttl, 0),
        renewable: body?.renewable !== false, path: 'auth/token/create',
      }))
    default: throw new Refusal(405)
  }
}

const health = () => ({
  initialized: true, sealed, standby: false, performance_standby: false, replication_performance_mode: 'disabled', replication_dr_mode: 'disabled',
  server_time_utc: Math.floor(now() / 1000), version: '1.20.0', cluster_name: 'stand-in', cluster_id: '00000000-0000-0000-0000-000000000000',
})

function serve(method, path, query, body, req) {
  if (path === 'sys/health') return [sealed ? Number(query.get('sealedcode') ?? 503) : 200, health()]
  if (path === 'sys/seal-status') return [200, { type: 'shamir', initialized: true, sealed, t: 1, n: 1, progress: 0, nonce: '', version: '1.20.0' }]
  if (sealed) throw new Refusal(503, 'Vault is sealed')
  const [, authMount, authRest] = /^auth\/([^/]+)\/(.+)$/.exec(path) ?? []
  if (authRest === 'login' && authMount !== 'token') {
    if (method !== 'POST' && method !== 'PUT') throw new Refusal(405, 'unsupported operation')
    return [200, login(authMount, body)]
  }
  const token = whose(req)
  if (authMount === 'token') {
    allow(token, path, method === 'GET' ? 'read' : 'update')
    return [200, tokenCall(method, authRest, token, body)]
  }
  if (authRest?.startsWith('role/')) {
    allow(token, path, 'update')
    roles.set(`${authMount}/${authRest.slice(5)}`, roleOf(body))
    return [204, null]
  }
  if (path.startsWith('sys/policies/acl/')) {
    allow(token, path, 'update')
    const rules = JSON.parse(body.policy).path
    policies.set(path.slice('sys/policies/acl/'.length), Object.fromEntries(Object.entries(rules).map(([key, rule]) => [key, rule.capabilities])))
    return [204, null]
  }
  if (path === 'sys/seal') { allow(token, path, 'sudo'); sealed = true; return [204, null] }
  const [, asked] = /^sys\/internal\/ui\/mounts\/(.+)$/.exec(path) ?? []
  if (asked) {
    const mount = [...mounts.keys()].find(name => asked === name || asked.startsWith(name + '/'))
    if (!mount) throw denied()
    return [200, envelope({ data: { path: `${mount}/`, type: 'kv', options: { version: '2' }, accessor: 'kv_stand-in', description: '' } })]
  }
  const mount = [...mounts.keys()].find(name => path.startsWith(name + '/'))
  const [, kind, rest] = mount ? /^(data|metadata)(?:\/(.*))?$/.exec(path.slice(mount.length + 1)) ?? [] : []
  if (!kind) {
    if (token.names.includes('root')) throw new Refusal(404, `no handler for route "${path}". route entry not found.`)
    throw denied()
  }
  return [200, kv(method, mount, kind, rest ?? '', query, body, token)]
}

function control(method, path, body) {
  const [what, ...rest] = path.split('/')
  switch (what) {
    case 'secret': {
      const [mount, ...name] = rest
      if (!mounts.has(mount)) mounts.set(mount, new Map())
      write(mounts.get(mount), name.join('/'), mounts.get(mount).get(name.join('/')), { data: body })
      return {}
    }
    case 'jwt':
      jwts.set(body.jwt, { namespace: body.namespace ?? 'default', serviceAccount: body.service_account ?? 'default' })
      if (body.role) roles.set(`kubernetes/${body.role}`, roleOf({ bound_service_account_names: '*', bound_service_account_namespaces: '*', token_policies: body.policies ?? ['stand-in-all'], ttl: body.ttl, max_ttl: body.max_ttl }))
      return {}
    case 'seal': sealed = true; return {}
    case 'unseal': sealed = false; return {}
    case 'slow': slow = body?.ms ?? 0; return {}
    case 'fail': failure = body?.status ? body : null; return {}
    case 'revoke': if (body?.token) tokens.delete(body.token); else tokens.clear(); return {}
    case 'advance': advanced += (body?.seconds ?? 0) * 1000; return {}
    case 'requests': if (method === 'DELETE') requests = []; return requests
    case 'tokens': return [...tokens.values()].map(t => ({ token: t.id, policies: t.names, expires_in: left(t), renewals: t.renewals }))
    default: return null
  }
}
policies.set('stand-in-all', { '*': ['read', 'list'] })

const server = http.createServer(async (req, res) => {
  const chunks = []
  for await (const c of req) chunks.push(c)
  const raw = Buffer.concat(chunks).toString()
  const url = new URL(req.url, 'http://vault')
  const json = (status, value) => {
    res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    res.end(value === null || value === undefined ? undefined : JSON.stringify(value) + '\n')
  }
  let body = null
  try { body = raw ? JSON.parse(raw) : null } catch { return json(400, { errors: ['error parsing JSON'] }) }
  if (url.pathname.startsWith('/__control/')) {
    const answer = control(req.method, decodeURIComponent(url.pathname.slice('/__control/'.length)), body)
    return answer ? json(200, answer) : json(404, { errors: ['no such control'] })
  }
  if (!url.pathname.startsWith('/v1/')) return json(404, { errors: [] })
  const entry = { at: iso(now()), method: req.method, path: url.pathname, status: 0 }
  requests.push(entry)
  if (slow) await new Promise(done => setTimeout(done, slow))
  let status, value
  try {
    if (failure) throw new Refusal(failure.status, ...(failure.errors ?? ['told to fail']));
    [status, value] = serve(req.method, decodeURIComponent(url.pathname.slice(4)), url.searchParams, body, req)
    if (value === null && status === 200) status = 204
  } catch (e) {
    if (!(e instanceof Refusal)) { status = 500; value = { errors: [`stand-in: ${e.stack}`] } } else { status = e.status; value = e.answer ?? { errors: e.errors } }
  }
  entry.status = status
  json(status, value)
})
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => console.log(`listening ${server.address().port}`))
