import { refresh } from '../../api.ts'

/** Reads again whatever a publication or a step changes. */
export const refreshRollout = () =>
  refresh('/v1/drafts', '/v1/approvals', '/v1/strategies', '/v1/packs', '/v1/vocabulary')
