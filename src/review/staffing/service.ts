import { day, formatTime, hour } from '../../kernel/time.ts'
import type { Severity } from '../../vocabulary/verdicts.ts'
import type { CaseDb, Cases } from '../cases/index.ts'
import { forecastBreaches, type Lateness, lateCases, staffNeeded } from './model.ts'
import { decidedSince, dueByHour, dueUntil, openedSince } from './store.ts'

/** Hours that the forecast looks ahead. */
export const forecastHours = 8
/** Handling time of a queue until enough was measured. */
const assumedHandling = { seconds: 240, measured: 0 }
const fewest = 10
const mostDecisions = 5000
/** Cases that are looked at one by one; those that are due later get no mark. */
const mostMarked = 20_000
/** The figures are made anew at most this often, however many people look. */
const freshFor = 5_000_000

/** Why a case will be late, with the pace that this is said of. */
export interface Late extends Lateness {
  readonly perHour: number
}

export type Floor = ReturnType<typeof createStaffing>

/** What every queue has, who is there, what will be late, and how many people it needs; from what was measured. */
export function createStaffing({ db, cases }: { db: CaseDb; cases: Cases }) {
  let kept: { at: number; answer: Promise<Awaited<ReturnType<typeof make>>> } | null = null

  async function make(now: number) {
    const [counts, due, soon, opened, decided, present] = await Promise.all([
      cases.queues(now),
      dueByHour(db, now, forecastHours),
      dueUntil(db, now, now + forecastHours * hour, mostMarked),
      openedSince(db, now - day),
      decidedSince(db, now - 7 * day, mostDecisions),
      cases.present(now),
    ])
    const routing = cases.routing()
    const ids = new Set([...routing.queues.map((queue) => queue.id), ...counts.map((row) => row.queue)])
    const late = new Map<string, Late>()
    const queues = [...ids].map((id) => {
      const queue = routing.queue(id)
      const count = counts.find((row) => row.queue === id)
      const mine = due.filter((row) => row.queue === id)
      const handling = handlingOf(decided.filter((row) => row.queue === id))
      const arrivals = opened
        .filter((row) => row.queue === id)
        .map((row) => ({
          perHour: Number(row.count) / 24,
          dueAfter: queue.sla[row.severity as Severity] / hour,
        }))
      const perHour = arrivals.reduce((sum, kind) => sum + kind.perHour, 0)
      const throughput = decided.filter((row) => row.queue === id && row.at > now - hour).length
      const overdue = Number(mine.find((row) => row.hour === -1)?.count ?? 0)
      const next = soon.filter((row) => row.queue === id)
      const marks = lateCases(
        { overdue, arrivals, throughput },
        next.map((row) => (Number(row.due_at) - now) / hour),
      )
      for (const [index, row] of next.entries()) {
        const mark = marks[index]
        if (mark) late.set(row.case_id, { ...mark, perHour: throughput })
      }
      const forecast = forecastBreaches({
        overdue,
        dueIn: Array.from({ length: forecastHours }, (_, index) =>
          Number(mine.find((row) => row.hour === index)?.count ?? 0),
        ),
        arrivals,
        throughput,
      })
      const shortest = Math.min(...arrivals.map((kind) => kind.dueAfter), ...(arrivals.length === 0 ? [24] : []))
      return {
        queue: id,
        title: queue.title,
        blind: queue.blind,
        skills: queue.skills,
        languages: queue.languages,
        calendar: queue.calendar.title,
        working: queue.calendar.isOpen(now),
        open: Number(count?.open ?? 0),
        overdue: Number(count?.overdue ?? 0),
        oldest_at: count?.oldest_at == null ? null : formatTime(Number(count.oldest_at)),
        due_next_hour: Number(mine.find((row) => row.hour === 0)?.count ?? 0),
        arrivals_per_hour: rounded(perHour),
        throughput_per_hour: throughput,
        handling_s: handling.seconds,
        handling_measured: handling.measured,
        forecast: forecast.map((one) => ({
          hour: one.hour,
          demand: rounded(one.demand),
          supply: rounded(one.supply),
          breaches: Math.round(one.breaches),
        })),
        staffing: staffingView(staffNeeded({ perHour, handling: handling.seconds / 3600, within: shortest })),
        present: present
          .filter((row) => row.queue === id)
          .map((row) => ({
            person: { id: row.holder, name: row.holder_name },
            case_id: row.case_id,
            title: row.title || row.subject_id,
            since: row.since === null ? null : formatTime(row.since),
            on_screen: row.shown_at !== null,
          })),
      }
    })
    return { queues, late }
  }

  async function known(now: number) {
    if (!kept || now - kept.at > freshFor || now < kept.at) kept = { at: now, answer: make(now) }
    try {
      return await kept.answer
    } catch (error) {
      kept = null
      throw error
    }
  }

  return {
    /** The floor as it is; at most {@link freshFor} old. */
    look: async (now: number) => (await known(now)).queues,
    /** Cases that will miss their service level within {@link forecastHours} hours at the pace of the last hour, and why. */
    late: async (now: number): Promise<ReadonlyMap<string, Late>> => (await known(now)).late,
  }
}

const rounded = (value: number) => Math.round(value * 10) / 10

/** Mean of what was measured without the longest tenth, which are breaks; the assumption when there are too few. */
function handlingOf(rows: readonly { handling_ms: number | null }[]): { seconds: number; measured: number } {
  const times = rows.flatMap((row) => (row.handling_ms === null ? [] : Number(row.handling_ms))).sort((a, b) => a - b)
  if (times.length < fewest) return { ...assumedHandling, measured: times.length }
  const kept = times.slice(0, Math.ceil(times.length * 0.9))
  return {
    seconds: Math.max(1, Math.round(kept.reduce((sum, ms) => sum + ms, 0) / kept.length / 1000)),
    measured: times.length,
  }
}

const staffingView = ({ load, people, occupancy, inTime }: ReturnType<typeof staffNeeded>) => ({
  load: Math.round(load * 100) / 100,
  people,
  occupancy: Math.round(occupancy * 100) / 100,
  in_time: Math.round(inTime * 1000) / 1000,
})
