import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf } from '../../kernel/paging.ts'
import { formatTime, parseTime } from '../../kernel/time.ts'
import type { Inbound } from '../inbound/index.ts'
import { rightTitles, rightTypes } from './model.ts'
import type { Claim, Rights } from './service.ts'
import { counterRules } from './timers.ts'
import type { Trust } from './trust.ts'

const names = Type.Array(Type.String({ minLength: 1, maxLength: 80 }), {
  minItems: 1,
  maxItems: 100,
  description: 'names, or ["*"] for all',
})
const documents = Type.Optional(Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 20 }))
const date = Type.Optional(
  Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}', description: 'an ISO date, e.g. 2030-01-31' }),
)
const noticeId = Type.Object({ notice_id: Type.String({ maxLength: 80 }) })
const timeOf = (text: string | undefined): number | null => (text === undefined ? null : parseTime(text))
const shown = (at: number | null) => (at === null ? null : formatTime(at))

export function claimView({ notice, status, events, timer }: Claim) {
  return {
    notice_id: notice.notice_id,
    source: notice.source_id,
    reason: notice.reason,
    subject: { type: notice.subject_type, id: notice.subject_id, title: notice.title },
    party: notice.party_id === null ? null : { type: notice.party_type, id: notice.party_id },
    markets: JSON.parse(notice.markets) as string[],
    case_id: notice.case_id,
    status,
    received_at: formatTime(notice.at),
    timer:
      timer === null
        ? null
        : { rule: timer.rule, proof_until: formatTime(timer.proofUntil), restore_by: formatTime(timer.restoreBy) },
    events: events.map((row) => ({ at: formatTime(row.at), type: row.type, text: row.text, actor: row.actor })),
  }
}

const trustView = (trust: Trust) => ({ ...trust, lockedUntil: undefined, locked_until: shown(trust.lockedUntil) })

export function rightsOperations({ rights, inbound }: { rights: Rights; inbound: Inbound }) {
  return [
    operation({
      name: 'rights.list',
      summary: { zh: '权利登记', en: 'Register of rights' },
      method: 'GET',
      path: '/v1/rights',
      permission: 'inbound.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({
        items: (await rights.rights()).map(({ validTo, ...right }) => ({
          ...right,
          type_title: rightTitles[right.type],
          valid_to: shown(validTo),
        })),
      }),
    }),
    operation({
      name: 'rights.save',
      summary: { zh: '登记或修改权利', en: 'Register or change a right' },
      method: 'POST',
      path: '/v1/rights',
      permission: 'inbound.manage',
      scope: 'whole',
      input: Type.Object({
        right_id: Type.Optional(Type.String({ maxLength: 80 })),
        type: Type.Union(rightTypes.map((type) => Type.Literal(type))),
        office: Type.String({ minLength: 2, maxLength: 80, description: 'e.g. EUIPO, CNIPA, USPTO' }),
        number: Type.String({ minLength: 1, maxLength: 80 }),
        owner: Type.String({ minLength: 1, maxLength: 200 }),
        brand: Type.String({ minLength: 1, maxLength: 200 }),
        aliases: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 100 })),
        classes: names,
        territory: names,
        valid_to: date,
        documents,
        ended: Type.Optional(Type.Boolean()),
      }),
      output: anything,
      run: async (
        { principal, now },
        {
          right_id,
          type,
          office,
          number,
          owner,
          brand,
          aliases = [],
          classes,
          territory,
          valid_to,
          documents: links = [],
          ended,
        },
      ) =>
        rights.saveRight(
          {
            right_id,
            type,
            office,
            number,
            owner,
            brand,
            aliases: JSON.stringify(aliases),
            classes: JSON.stringify(classes),
            territory: JSON.stringify(territory),
            documents: JSON.stringify(links),
            valid_to: timeOf(valid_to),
            ended: ended ? 1 : 0,
          },
          principal,
          now,
        ),
    }),
    operation({
      name: 'authorisations.list',
      summary: { zh: '品牌授权', en: 'Authorisations of brands' },
      method: 'GET',
      path: '/v1/authorisations',
      permission: 'inbound.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({
        items: (await rights.authorisations()).map(({ from, until, ...found }) => ({
          ...found,
          from: shown(from),
          until: shown(until),
        })),
      }),
    }),
    operation({
      name: 'authorisations.save',
      summary: { zh: '登记或修改授权', en: 'Register or change an authorisation' },
      method: 'POST',
      path: '/v1/authorisations',
      permission: 'inbound.manage',
      scope: 'whole',
      input: Type.Object({
        authorisation_id: Type.Optional(Type.String({ maxLength: 80 })),
        brand: Type.String({ minLength: 1, maxLength: 200 }),
        seller: Type.String({ minLength: 1, maxLength: 200 }),
        parent: Type.Optional(
          Type.String({ maxLength: 80, description: 'the authorisation that is passed on; absent = by the owner' }),
        ),
        classes: names,
        territory: names,
        channels: Type.Optional(names),
        from: date,
        until: date,
        documents,
        ended: Type.Optional(Type.Boolean()),
      }),
      output: anything,
      errors: ['not_found', 'conflict'],
      run: async (
        { principal, now },
        {
          authorisation_id,
          brand,
          seller,
          parent,
          classes,
          territory,
          channels = ['*'],
          from,
          until,
          documents: links = [],
          ended,
        },
      ) =>
        rights.saveAuthorisation(
          {
            authorisation_id,
            brand,
            seller_id: seller,
            parent: parent ?? null,
            classes: JSON.stringify(classes),
            territory: JSON.stringify(territory),
            channels: JSON.stringify(channels),
            documents: JSON.stringify(links),
            from_at: timeOf(from) ?? now,
            until_at: timeOf(until),
            ended: ended ? 1 : 0,
          },
          principal,
          now,
        ),
    }),
    operation({
      name: 'authorisations.check',
      summary: { zh: '商家在某市场是否获得品牌授权', en: 'Is a seller authorised for a brand in a market?' },
      method: 'GET',
      path: '/v1/authorisations/check',
      permission: 'inbound.read',
      scope: 'whole',
      input: Type.Object({
        seller: Type.String({ minLength: 1, maxLength: 200 }),
        brand: Type.String({ minLength: 1, maxLength: 200 }),
        market: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO code, e.g. DE' }),
        category: Type.Optional(Type.String({ maxLength: 200 })),
        channel: Type.Optional(Type.String({ maxLength: 80 })),
      }),
      output: anything,
      run: async ({ now }, asked) => rights.authorised({ ...asked, at: now }),
    }),
    operation({
      name: 'claims.list',
      summary: { zh: '权利人通知与反通知', en: 'Rights-holder notices and counter-notices' },
      method: 'GET',
      path: '/v1/claims',
      permission: 'inbound.read',
      scope: 'whole',
      input: Type.Object({ case_id: Type.Optional(Type.String({ maxLength: 200 })) }),
      output: listOf,
      run: async (_context, { case_id }) => ({
        items: (await rights.claims({ limit: 200, ...(case_id === undefined ? {} : { caseId: case_id }) })).map(
          claimView,
        ),
      }),
    }),
    operation({
      name: 'claims.counter',
      summary: { zh: '提交不侵权声明（反通知）', en: 'File a counter-notice for the seller' },
      method: 'POST',
      path: '/v1/claims/:notice_id/counter',
      permission: 'appeal.file',
      scope: 'whole',
      input: Type.Composite([noticeId, Type.Object({ text: Type.String({ minLength: 10, maxLength: 10_000 }) })]),
      output: anything,
      errors: ['not_found', 'conflict'],
      run: async ({ principal, now }, { notice_id, text }) =>
        claimView(await rights.counter(notice_id, text, principal, now)),
    }),
    operation({
      name: 'claims.prove',
      summary: { zh: '登记已投诉或起诉的证明', en: 'Record proof that the notifier has gone to court' },
      method: 'POST',
      path: '/v1/claims/:notice_id/proof',
      permission: 'case.decide',
      scope: 'whole',
      input: Type.Composite([noticeId, Type.Object({ text: Type.String({ minLength: 5, maxLength: 4000 }) })]),
      output: anything,
      errors: ['not_found', 'conflict', 'too_late'],
      run: async ({ principal, now }, { notice_id, text }) =>
        claimView(await rights.prove(notice_id, text, { actor: principal.id, now })),
    }),
    operation({
      name: 'claims.prove_public',
      summary: {
        zh: '通知人凭回执提交已起诉的证明',
        en: 'The notifier shows with its receipt that it has gone to court',
      },
      method: 'POST',
      path: '/v1/public/notices/:notice_id/proof',
      permission: 'public',
      mostBytes: 64 << 10,
      input: Type.Composite([
        noticeId,
        Type.Object({ token: Type.String({ maxLength: 80 }), text: Type.String({ minLength: 5, maxLength: 4000 }) }),
      ]),
      output: anything,
      errors: ['not_found', 'conflict', 'too_late'],
      run: async ({ now }, { notice_id, token, text }) => {
        await inbound.follow(notice_id, token)
        const { status } = await rights.prove(notice_id, text, { actor: 'notifier', now })
        return { notice_id, status }
      },
    }),
    operation({
      name: 'notifiers.list',
      summary: { zh: '权利人通知来源的信任', en: 'Trust of notifiers' },
      method: 'GET',
      path: '/v1/notifiers',
      permission: 'inbound.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async ({ now }) => ({
        items: await Promise.all(
          (await rights.notifiers()).map(async (source) => ({ source, ...trustView(await rights.trust(source, now)) })),
        ),
      }),
    }),
    operation({
      name: 'infringers.list',
      summary: { zh: '重复侵权者', en: 'Repeat infringers' },
      method: 'GET',
      path: '/v1/infringers',
      permission: 'inbound.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async ({ now }) => ({ items: await rights.infringers(now) }),
    }),
    operation({
      name: 'claims.rules',
      summary: { zh: '反通知期限', en: 'Timers of counter-notices' },
      method: 'GET',
      path: '/v1/claims/rules',
      permission: 'inbound.read',
      scope: 'shared',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({ items: counterRules.map((rule) => ({ ...rule })) }),
    }),
  ]
}
