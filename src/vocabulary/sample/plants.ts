import type { Stage } from './activity.ts'
import { CAMPAIGN, campaignDay, INCIDENT, incidentDay } from './daily.ts'
import { KINDS } from './kinds.ts'
import { MARKETS, marketsOf } from './markets.ts'
import { DAY, type Site, type Truth } from './model.ts'
import { plantClaims } from './plant-claims.ts'
import { plantGoods } from './plant-goods.ts'
import { plantPosts, plantPostTraps } from './plant-posts.ts'
import {
  plantBrushingRing,
  plantCardTesting,
  plantCouponFarm,
  plantRefundRing,
  plantReviewRing,
  plantSpamFarm,
  plantTakeoverRing,
  plantTakeovers,
  type Ring,
  type RingInput,
} from './plant-rings.ts'
import {
  plantBanEvasion,
  plantBookClub,
  plantCertificateRing,
  plantClaimsRing,
  plantCounterfeitRing,
} from './plant-shop-rings.ts'
import { iso } from './plant-tools.ts'
import { plantTraps } from './plant-traps.ts'

type Planter = (stage: Stage, input: RingInput) => Ring

/** Sixteen rings: who plants them, on which site, and at which share of the history they start. */
const RINGS: readonly (readonly [Planter, Site, number])[] = [
  [plantReviewRing, 'aurora', 0.15],
  [plantReviewRing, 'lotus', 0.4],
  [plantBrushingRing, 'lotus', 0.22],
  [plantBrushingRing, 'harbor', 0.5],
  [plantCouponFarm, 'harbor', 0.33],
  [plantCouponFarm, 'aurora', 0.7],
  [plantSpamFarm, 'harbor', 0.55],
  [plantRefundRing, 'harbor', 0.2],
  [plantCardTesting, 'harbor', 0.38],
  [plantCardTesting, 'aurora', 0.66],
  [plantTakeoverRing, 'aurora', 0.58],
  [plantBanEvasion, 'aurora', 0.1],
  [plantBanEvasion, 'lotus', 0.25],
  [plantCounterfeitRing, 'harbor', 0.3],
  [plantCertificateRing, 'aurora', 0.35],
  [plantClaimsRing, 'lotus', 0.52],
]

function groupTruth(
  kind: string,
  subject: string,
  rest: { markets: readonly string[]; from: number; to: number },
): Truth {
  const entry = KINDS[kind]
  if (entry === undefined) throw new Error(`kind "${kind}" is not in the table of kinds; add it to KINDS`)
  return {
    subject,
    kind,
    expected: entry.expected,
    policy_hint: entry.policy,
    severity: entry.severity,
    markets: rest.markets,
    min_verdict: entry.verdict,
    note: entry.note,
    from: iso(rest.from),
    to: iso(rest.to),
  }
}

function truthOfRing(ring: Ring, end: number): Truth {
  const markets = marketsOf(ring.site).map((entry) => entry.code)
  const truth = groupTruth(ring.kind, ring.id, { markets, from: ring.from, to: Math.min(ring.to, end) })
  return { ...truth, ring: ring.id, members: ring.members.filter((member) => member !== '') }
}

function bigEvents(stage: Stage): Truth[] {
  const { start, days } = stage.world
  const sale = start + campaignDay(days) * DAY
  const trouble = start + incidentDay(days) * DAY
  const subject = `${INCIDENT.category}|${INCIDENT.market}|${INCIDENT.partner}`
  return [
    groupTruth('incident.refunds', subject, {
      markets: [INCIDENT.market],
      from: trouble,
      to: trouble + INCIDENT.days * DAY,
    }),
    groupTruth('campaign.autumn', CAMPAIGN.coupon, {
      markets: MARKETS.map((entry) => entry.code),
      from: sale,
      to: sale + CAMPAIGN.days * DAY,
    }),
  ]
}

/** Plants everything and returns the truth about groups. */
export function plantAll(stage: Stage): Truth[] {
  plantGoods(stage)
  plantClaims(stage)
  plantPosts(stage)
  plantPostTraps(stage)
  plantTraps(stage)
  plantBookClub(stage)
  plantTakeovers(stage)
  const { start, end, days } = stage.world
  const rings = RINGS.map(([plant, site, share], index) =>
    plant(stage, { id: `ring-${String(index + 1).padStart(2, '0')}`, site, from: start + share * days * DAY }),
  )
  return [...rings.map((ring) => truthOfRing(ring, end)), ...bigEvents(stage)]
}
