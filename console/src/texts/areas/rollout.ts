import { bilingual } from '../bilingual.ts'

export const rollout = bilingual({}, {})
