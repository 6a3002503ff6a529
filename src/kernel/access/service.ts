import { hash as hashOf, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { newId } from '../ids.ts'
import type { Grant, Principal, Scope } from '../operation.ts'
import { type Problem, problem } from '../problems.ts'
import { day, nowMicros } from '../time.ts'
import { type AuditEntry, insertAudit } from './audit.ts'
import { createFourEyes } from './four-eyes.ts'
import { createGrants, grantOf, ownRole, requireRoles } from './grants.ts'
import { createInvitations } from './invitations.ts'
import { permissionsOf } from './roles.ts'
import * as store from './store.ts'

export type Access = ReturnType<typeof createAccess>

const sessionDays = 14
const mostGuesses = 8
const guessMicros = 900_000_000
const wrongPassword: Problem = {
  code: 'sign_in_failed',
  detail: { zh: '账号或密码不对', en: 'Wrong login or password' },
}
const tooManyGuesses: Problem = {
  code: 'too_many_requests',
  detail: { zh: '密码错误次数过多，请 15 分钟后再试', en: 'Too many wrong passwords; try again in 15 minutes' },
}
const hash = (secret: string) => hashOf('sha256', secret)

function derive(password: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    scrypt(password, salt, 32, (error, key) => (error ? reject(error) : resolve(key))),
  )
}

async function secretOf(password: string): Promise<string> {
  const salt = randomBytes(16).toString('hex')
  return `scrypt:${salt}:${(await derive(password, salt)).toString('hex')}`
}

async function matches(password: string, secret: string): Promise<boolean> {
  const [, salt = '', key = ''] = secret.split(':')
  const expected = Buffer.from(key, 'hex')
  const actual = await derive(password, salt)
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

/** People, sessions, API tokens and the audit log over one database. Secrets are stored only as hashes. */
export function createAccess(db: store.AccessDb, writeAudit = (row: AuditEntry) => insertAudit(db, row)) {
  /** Tokens that were good when they were looked up; emptied by whatever could end one. Keeps deciding off the state store. */
  const seenTokens = new Map<string, { principal: Principal; expiresAt: number | null }>()
  const failures = new Map<string, { count: number; until: number }>()
  const turns = new Map<string, Promise<unknown>>()

  /** Checks the passwords of one person one after the other: guesses sent at once count like any others. */
  async function guess<Answer>(who: string, now: number, check: () => Promise<Answer | null>): Promise<Answer> {
    const before = turns.get(who) ?? Promise.resolve()
    const mine = before.then(async () => {
      const failed = failures.get(who)
      const count = failed && failed.until > now ? failed.count : 0
      if (count >= mostGuesses) throw problem(tooManyGuesses)
      const answer = await check()
      failures.delete(who)
      if (answer === null) {
        const [oldest] = failures.keys()
        if (failures.size >= 10_000 && oldest !== undefined) failures.delete(oldest)
        failures.set(who, { count: count + 1, until: now + guessMicros })
      }
      return answer
    })
    const settled = mine.catch(() => undefined)
    turns.set(who, settled)
    try {
      const answer = await mine
      if (answer === null) throw problem(wrongPassword)
      return answer
    } finally {
      if (turns.get(who) === settled) turns.delete(who)
    }
  }

  const grants = createGrants(db, async (userId) => {
    seenTokens.clear()
    await store.deleteSessionsOf(db, userId)
  })
  const invitations = createInvitations(db)

  async function principalOf(user: store.AccessTables['users']): Promise<Principal> {
    const held = (await store.grantsInForce(db, user.user_id)).map(grantOf)
    const roles = [...new Set(held.map((grant) => grant.role))]
    return {
      id: user.user_id,
      name: user.name,
      kind: 'user',
      roles,
      permissions: permissionsOf(roles),
      grants: held,
      ...(user.party_type && user.party_id ? { party: { type: user.party_type, id: user.party_id } } : {}),
    }
  }

  function tokenPrincipal(token: store.AccessTables['tokens'], maker: string): Principal {
    const roles = JSON.parse(token.roles) as string[]
    const { sites, markets } = grantOf({ role: '', sites: token.sites, markets: token.markets })
    return {
      id: token.token_id,
      name: token.name,
      kind: 'token',
      roles,
      permissions: permissionsOf(roles),
      grants: roles.map((role): Grant => ({ role, sites, markets })),
      person: maker,
    }
  }

  /** The person who made a token, also by way of other tokens. */
  async function makerOf(token: store.AccessTables['tokens']): Promise<string> {
    let maker = token.created_by
    for (let steps = 0; steps < 100; steps++) {
      const parent = await store.findTokenById(db, maker)
      if (!parent) return maker
      maker = parent.created_by
    }
    return maker
  }

  return {
    /** Creates the first administrator when there is nobody; returns the one-time password, or null. */
    async firstAdministrator(
      now: number,
      password = randomBytes(9).toString('base64url'),
    ): Promise<{ login: string; password: string } | null> {
      if ((await store.allUsers(db)).length > 0) return null
      const user_id = newId('usr')
      await store.insertUser(db, {
        user_id,
        login: 'admin',
        name: 'Administrator',
        roles: '["administrator"]',
        secret: await secretOf(password),
        disabled: 0,
        preferences: '{}',
        at: now,
        ...nobodyOutside,
      })
      const reason = 'the first administrator'
      await grants.insert({ userId: user_id, role: 'administrator', ...everywhere, reason }, { id: 'system' }, now)
      return { login: 'admin', password }
    },

    /** @throws sign_in_failed, too_many_requests after 8 wrong passwords within 15 minutes. */
    async signIn(
      login: string,
      password: string,
      now: number,
    ): Promise<{ secret: string; user: store.AccessTables['users']; principal: Principal; expires: number }> {
      const user = await guess(`login ${login}`, now, async () => {
        const found = await store.findUserByLogin(db, login)
        const right = await matches(password, found?.secret ?? 'scrypt:00:00')
        return found && right && !found.disabled ? found : null
      })
      const secret = randomBytes(32).toString('base64url')
      const expires = now + sessionDays * day
      await store.insertSession(db, { session_hash: hash(secret), user_id: user.user_id, at: now, expires_at: expires })
      return { secret, user, principal: await principalOf(user), expires }
    },

    async signOut(secret: string): Promise<void> {
      await store.deleteSession(db, hash(secret))
    },

    /** The person behind a session secret, or null when it is unknown, over, or the person is disabled. */
    async bySession(
      secret: string,
      now: number,
    ): Promise<{ principal: Principal; user: store.AccessTables['users']; session: string } | null> {
      const session = await store.findSession(db, hash(secret))
      if (!session || session.expires_at < now) return null
      const user = await store.findUser(db, session.user_id)
      return user && !user.disabled ? { principal: await principalOf(user), user, session: session.session_hash } : null
    },

    /** The principal behind an API token, or null when it is unknown, revoked or over, or its maker is disabled. */
    async byToken(secret: string, now: number): Promise<Principal | null> {
      const key = hash(secret)
      const known = seenTokens.get(key)
      if (known) return known.expiresAt !== null && known.expiresAt < now ? null : known.principal
      const token = await store.findToken(db, key)
      if (!token || token.revoked_at !== null || (token.expires_at !== null && token.expires_at < now)) return null
      const maker = await makerOf(token)
      if ((await store.findUser(db, maker))?.disabled) return null
      const principal = tokenPrincipal(token, maker)
      seenTokens.set(key, { principal, expiresAt: token.expires_at })
      return principal
    },

    async createToken(
      input: { name: string; roles: string[]; expiresAt: number | null; by: Principal; now: number } & Partial<Scope>,
    ) {
      const { sites = [], markets = [] } = input
      requireRoles(input.roles, input.by, { sites, markets })
      const secret = `aed_${randomBytes(30).toString('base64url')}`
      const id = newId('tok')
      await store.insertToken(db, {
        token_id: id,
        token_hash: hash(secret),
        name: input.name,
        roles: JSON.stringify(input.roles),
        created_by: input.by.person ?? input.by.id,
        at: input.now,
        expires_at: input.expiresAt,
        revoked_at: null,
        sites: JSON.stringify(sites),
        markets: JSON.stringify(markets),
      })
      return { token_id: id, token: secret }
    },

    async createUser(input: {
      login: string
      name: string
      roles: string[]
      password?: string | undefined
      by: Principal
      now: number
    }) {
      requireRoles(input.roles, input.by)
      if (await store.findUserByLogin(db, input.login)) throw loginTaken(input.login)
      const password = input.password ?? randomBytes(9).toString('base64url')
      requirePassword(password)
      const id = newId('usr')
      await store.insertUser(db, {
        user_id: id,
        login: input.login,
        name: input.name,
        roles: JSON.stringify(input.roles),
        secret: await secretOf(password),
        disabled: 0,
        preferences: '{}',
        at: input.now,
        ...nobodyOutside,
      })
      const reason = 'the person was added'
      for (const role of input.roles)
        await grants.insert({ userId: id, role, ...everywhere, reason }, input.by, input.now)
      return { user_id: id, password: input.password ? null : password }
    },

    /**
     * Makes the person that an invitation is for, bound to its party, and uses the invitation up.
     * @throws not_found, conflict when the login is taken.
     */
    async acceptInvitation(secret: string, wanted: { login: string; password: string }, now: number) {
      const found = await invitations.mustFind(secret, now)
      requirePassword(wanted.password)
      if (await store.findUserByLogin(db, wanted.login)) throw loginTaken(wanted.login)
      const userId = newId('usr')
      const key = await secretOf(wanted.password)
      if (!(await invitations.use(found.invitation_id, userId, now))) return invitations.mustFind(secret, now)
      await store.insertUser(db, {
        user_id: userId,
        login: wanted.login,
        name: found.name,
        roles: JSON.stringify([found.role]),
        secret: key,
        disabled: 0,
        preferences: '{}',
        at: now,
        party_type: found.party_type,
        party_id: found.party_id,
      })
      const reason = `invitation ${found.invitation_id}`
      await grants.insert({ userId, role: found.role, ...everywhere, reason }, { id: found.actor }, now)
      return found
    },

    /** The principal that an id stands for now; null when it is gone, ended or disabled. */
    async principalById(id: string, now: number): Promise<Principal | null> {
      const user = await store.findUser(db, id)
      if (user) return user.disabled ? null : principalOf(user)
      const token = (await store.allTokens(db)).find((found) => found.token_id === id)
      const over = !token || token.revoked_at !== null || (token.expires_at !== null && token.expires_at < now)
      return over ? null : tokenPrincipal(token, await makerOf(token))
    },
    grants,
    invitations,
    fourEyes: createFourEyes(db),

    async changeUser(
      id: string,
      change: { name?: string | undefined; roles?: string[] | undefined; disabled?: boolean | undefined },
      by: Principal,
      now: number = nowMicros(),
    ) {
      const user = await store.findUser(db, id)
      if (!user)
        throw problem({
          code: 'not_found',
          field: 'user_id',
          value: id,
          detail: { zh: '没有这个用户', en: 'No such user' },
        })
      if (change.roles) requireRoles(change.roles, by)
      if (id === by.id && (change.disabled || (change.roles && !change.roles.includes('administrator'))))
        throw ownRole()
      if (change.roles) await grants.replace(id, change.roles, by, now)
      if (change.name !== undefined || change.disabled !== undefined)
        await store.changeUser(db, id, {
          ...(change.name === undefined ? {} : { name: change.name }),
          ...(change.disabled === undefined ? {} : { disabled: change.disabled ? 1 : 0 }),
        })
      seenTokens.clear()
      if (change.disabled) await store.deleteSessionsOf(db, id)
    },

    /**
     * Changes the password and ends every other session of the person; `session` is the one that goes on.
     * @throws sign_in_failed, too_many_requests after 8 wrong passwords within 15 minutes.
     */
    async changePassword(
      id: string,
      change: { current: string; next: string; session?: string | undefined; now: number },
    ) {
      requirePassword(change.next)
      await guess(`user ${id}`, change.now, async () => {
        const user = await store.findUser(db, id)
        return user && (await matches(change.current, user.secret)) ? user : null
      })
      await store.changeUser(db, id, { secret: await secretOf(change.next) })
      await store.deleteSessionsOf(db, id, change.session)
    },

    async setPreferences(id: string, preferences: Record<string, unknown>) {
      const user = await store.findUser(db, id)
      if (user)
        await store.changeUser(db, id, {
          preferences: JSON.stringify({ ...JSON.parse(user.preferences), ...preferences }),
        })
    },

    users: () => store.allUsers(db),
    tokens: () => store.allTokens(db),
    async revokeToken(id: string, now: number) {
      const done = await store.revokeToken(db, id, now)
      seenTokens.clear()
      return done
    },
    audit: writeAudit,
    auditRows: (options: { limit: number; after?: number | undefined; q?: string | undefined }) =>
      store.auditRows(db, options),
  }
}

const nobodyOutside = { party_type: null, party_id: null }
const everywhere = { sites: [], markets: [] }

function loginTaken(login: string): Error {
  return problem({
    code: 'conflict',
    field: 'login',
    value: login,
    detail: { zh: '账号已存在', en: 'This login is taken' },
  })
}

function requirePassword(password: string): void {
  if (password.length < 10)
    throw problem({
      code: 'invalid_input',
      field: 'password',
      detail: { zh: '密码至少 10 个字符', en: 'A password has at least 10 characters' },
    })
}
