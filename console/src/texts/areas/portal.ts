import { bilingual } from '../bilingual.ts'

export const portal = bilingual({}, {})
