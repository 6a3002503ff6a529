import { bilingual } from '../bilingual.ts'

export const batch = bilingual({}, {})
