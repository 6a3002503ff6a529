import { type ComponentType, lazy } from 'react'

type Params = Record<string, string | undefined>
type PageProps = { params: Params }

/** A page in its own chunk; `load` can be called early (on hover) to have it ready. */
export interface RouteOf {
  path: string
  page: ComponentType<PageProps>
  load: () => Promise<unknown>
}

function route<M>(path: string, load: () => Promise<M>, pick: (module: M) => ComponentType<PageProps>): RouteOf {
  return { path, load, page: lazy(async () => ({ default: pick(await load()) })) }
}

const subjects = () => import('./pages/subjects.tsx')
const strategies = () => import('./pages/strategies.tsx')
const strategy = () => import('./pages/strategy.tsx')
const packs = () => import('./pages/packs.tsx')
const lists = () => import('./pages/lists.tsx')

export const routes: readonly RouteOf[] = [
  route(
    '/',
    () => import('./pages/home.tsx'),
    (m) => m.HomePage,
  ),
  route(
    '/queue',
    () => import('./pages/queue.tsx'),
    (m) => m.QueuePage,
  ),
  route(
    '/cases/:id',
    () => import('./pages/review/review.tsx'),
    (m) => m.ReviewPage,
  ),
  route(
    '/appeals',
    () => import('./pages/appeals.tsx'),
    (m) => m.AppealsPage,
  ),
  route(
    '/appeals/:id',
    () => import('./pages/appeal.tsx'),
    (m) => m.AppealPage,
  ),
  route(
    '/inbound',
    () => import('./pages/inbound/inbox.tsx'),
    (m) => m.InboundPage,
  ),
  route(
    '/inbound/:id',
    () => import('./pages/inbound/notice.tsx'),
    (m) => m.NoticePage,
  ),
  route(
    '/rights',
    () => import('./pages/rights/rights.tsx'),
    (m) => m.RightsPage,
  ),
  route('/subjects', subjects, (m) => m.SubjectsPage),
  route(
    '/subjects/:type/:id',
    () => import('./pages/subject.tsx'),
    (m) => m.SubjectPage,
  ),
  route(
    '/trace/:type/:id',
    () => import('./pages/trace.tsx'),
    (m) => m.TracePage,
  ),
  route('/strategies', strategies, (m) => m.StrategiesPage),
  route('/strategies/:pack/:strategy', strategy, (m) => m.StrategyPage),
  route(
    '/mining',
    () => import('./pages/mining.tsx'),
    (m) => m.MiningPage,
  ),
  route(
    '/batch',
    () => import('./pages/batch.tsx'),
    (m) => m.BatchPage,
  ),
  route(
    '/batch/:pack/:strategy',
    () => import('./pages/batch-strategy.tsx'),
    (m) => m.BatchStrategyPage,
  ),
  route(
    '/drafts/:draft',
    () => import('./pages/rollout/draft.tsx'),
    (m) => m.DraftPage,
  ),
  route('/packs', packs, (m) => m.PacksPage),
  route(
    '/packs/:pack',
    () => import('./pages/pack.tsx'),
    (m) => m.PackPage,
  ),
  route('/lists', lists, (m) => m.ListsPage),
  route('/lists/:list', lists, (m) => m.ListPage),
  route(
    '/indicators',
    () => import('./pages/indicators.tsx'),
    (m) => m.IndicatorsPage,
  ),
  route(
    '/indicators/:id',
    () => import('./pages/indicator.tsx'),
    (m) => m.IndicatorPage,
  ),
  route(
    '/quality',
    () => import('./pages/quality/quality.tsx'),
    (m) => m.QualityPage,
  ),
  route(
    '/sql',
    () => import('./pages/sql/sql.tsx'),
    (m) => m.SqlPage,
  ),
  route(
    '/imports',
    () => import('./pages/imports.tsx'),
    (m) => m.ImportsPage,
  ),
  route(
    '/try',
    () => import('./pages/try-event.tsx'),
    (m) => m.TryEventPage,
  ),
  route(
    '/audit',
    () => import('./pages/audit.tsx'),
    (m) => m.AuditPage,
  ),
  route(
    '/people',
    () => import('./pages/people.tsx'),
    (m) => m.PeoplePage,
  ),
  route(
    '/actions',
    () => import('./pages/enforcement/actions.tsx'),
    (m) => m.ActionsPage,
  ),
  route(
    '/webhooks',
    () => import('./pages/enforcement/webhooks.tsx'),
    (m) => m.WebhooksPage,
  ),
  route(
    '/complaints',
    () => import('./pages/enforcement/complaints.tsx'),
    (m) => m.ComplaintsPage,
  ),
  route(
    '/profile',
    () => import('./pages/profile.tsx'),
    (m) => m.ProfilePage,
  ),
]
