import { bilingual } from '../bilingual.ts'

export const trust = bilingual({}, {})
