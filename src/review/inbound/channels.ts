import { type LifecycleTables, openChannelAlerts } from '../../judgement/lifecycle/index.ts'
import { part, record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import { day, formatTime, hour } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { type ChannelTrouble, type Heartbeat, heartbeatOf } from './heartbeat.ts'
import { kindRules, noticeKinds } from './kinds.ts'
import * as store from './store.ts'

/** How far back a channel's own past is looked at. */
const memory = 60 * day
/** A notice that was taken in this much later than it came is imported history: it says nothing about a live channel. */
const liveSlack = hour

export interface ChannelView extends Heartbeat {
  readonly channel: string
  readonly kind: string
  readonly all: number
  readonly every: number | null
  /** False = only imported history came through it: there is nothing whose heart could beat. */
  readonly live: boolean
}

/** The name of a channel: its kind, and through what it comes. */
export function channelTitle(channel: string): Text {
  const [kind = '', ...rest] = channel.split(':')
  const found = noticeKinds.find((known) => known === kind)
  const title = found ? kindRules[found].title : { zh: kind, en: kind }
  const via = rest.join(':')
  return { zh: `${title.zh} · ${via}`, en: `${title.en} · ${via}` }
}

/** Heartbeats of all channels, and the alerts about those in trouble. */
export function createChannels({ db: whole }: { db: store.InboundDb }) {
  async function views(now: number, db: store.InboundDb | store.InboundTx): Promise<ChannelView[]> {
    const [times, counts, declared] = await Promise.all([
      store.channelTimes(db, now - memory, liveSlack),
      store.channelCounts(db),
      store.declaredCadences(db),
    ])
    const newest = new Map(declared.map((row) => [row.channel, row]))
    const byChannel = Map.groupBy(times, (row) => row.channel)
    const names = new Set([...counts.map((row) => row.channel), ...newest.keys()])
    return [...names].sort().map((channel) => {
      const row = newest.get(channel)
      const every = row?.every_micros ?? null
      const beats = (byChannel.get(channel) ?? []).map((found) => ({
        at: found.at,
        dueAt: found.due_at,
        open: found.status === 'received' || found.status === 'held' || found.status === 'case',
        decidedAt: found.decided_at,
      }))
      const counted = counts.find((found) => found.channel === channel)
      return {
        ...heartbeatOf(beats, { now, declared: row && every !== null ? { every, since: row.at } : null }),
        channel,
        kind: channel.split(':')[0] ?? '',
        all: Number(counted?.all ?? 0),
        // Imported history waits, too, but its age says nothing about the channel.
        open: Number(counted?.open ?? 0),
        lastAt: counted?.last_at ?? null,
        every,
        live: beats.length > 0 || every !== null,
      }
    })
  }

  return {
    views: (now: number) => views(now, whole),
    async declare(channel: string, everyMicros: number | null, by: { actor: string; at: number }): Promise<void> {
      await whole
        .transaction()
        .execute((tx) =>
          record(tx, 'inbound_channels', { row_id: newId('chn'), channel, every_micros: everyMicros, ...by }),
        )
    },

    /** One cycle: raises an alert for every new trouble, and answers those that are over. Doing it twice does nothing more. */
    async watch(now: number): Promise<{ raised: number; recovered: number }> {
      return part<LifecycleTables, store.InboundTables & LifecycleTables>(whole as never)
        .transaction()
        .execute(async (tx) => {
          const troubles = new Map<string, { view: ChannelView; trouble: ChannelTrouble }>(
            (await views(now, tx as never)).flatMap((view) =>
              view.troubles.map((trouble) => [`${view.channel} ${trouble}`, { view, trouble }] as const),
            ),
          )
          const open = await openChannelAlerts(tx)
          const nameOf = (row: (typeof open)[number]) =>
            `${row.strategy} ${(JSON.parse(row.data) as { trouble: string }).trouble}`
          const known = new Set(open.map(nameOf))
          const fresh = [...troubles].filter(([name]) => !known.has(name))
          for (const [, { view, trouble }] of fresh) await record(tx, 'alerts', alertOf(view, trouble, now))
          const over = open.filter((row) => !troubles.has(nameOf(row)))
          for (const row of over)
            await record(tx, 'alerts', {
              ...row,
              alert_id: derivedId('alt', 'recovered', row.alert_id),
              at: now,
              kind: 'recovered',
              level: 'watch',
              ref: row.alert_id,
              cause: row.alert_id,
              actor: 'heartbeat',
            })
          return { raised: fresh.length, recovered: over.length }
        })
    },
  }
}

const span = (micros: number): Text =>
  micros >= 2 * day
    ? { zh: `${Math.round(micros / day)} 天`, en: `${Math.round(micros / day)} days` }
    : { zh: `${Math.round((micros / hour) * 10) / 10} 小时`, en: `${Math.round((micros / hour) * 10) / 10} hours` }

function wordsOf(view: ChannelView, trouble: ChannelTrouble, now: number): { title: Text; detail: Text } {
  const name = channelTitle(view.channel)
  const ago = (at: number | null) => span(now - (at ?? now))
  switch (trouble) {
    case 'silent':
      return {
        title: { zh: `${name.zh}：没有新通知`, en: `${name.en}: nothing arrives` },
        detail: {
          zh: `已 ${ago(view.lastAt).zh}没有到达，通常最长 ${span(view.silentAfter ?? 0).zh}。检查对接与表单。`,
          en: `Nothing for ${ago(view.lastAt).en}; ${span(view.silentAfter ?? 0).en} is the longest ordinary silence. Check the connection and the form.`,
        },
      }
    case 'stuck':
      return {
        title: { zh: `${name.zh}：有通知但没有处理`, en: `${name.en}: notices arrive, none is decided` },
        detail: {
          zh: `${view.open} 件等待，最早的已等 ${ago(view.oldestOpenAt).zh}。检查队列是否有人。`,
          en: `${view.open} wait, the oldest for ${ago(view.oldestOpenAt).en}. See whether anybody works on the queue.`,
        },
      }
    case 'late':
      return {
        title: { zh: `${name.zh}：${view.late} 件已过期限`, en: `${name.en}: ${view.late} past their deadline` },
        detail: { zh: '先处理最早的一件。', en: 'Start with the oldest one.' },
      }
  }
}

function alertOf(view: ChannelView, trouble: ChannelTrouble, now: number): LifecycleTables['alerts'] {
  const { title, detail } = wordsOf(view, trouble, now)
  return {
    alert_id: derivedId('alt', 'channel', view.channel, trouble, formatTime(now)),
    at: now,
    kind: 'channel',
    level: trouble === 'silent' ? 'watch' : 'warn',
    strategy: view.channel,
    version: 0,
    title: JSON.stringify(title),
    detail: JSON.stringify(detail),
    since: trouble === 'silent' ? view.lastAt : view.oldestOpenAt,
    ref: null,
    position: 0,
    data: JSON.stringify({ trouble, open: view.open, late: view.late, silent_after: view.silentAfter }),
    cause: view.channel,
    actor: 'heartbeat',
  }
}
