import { bilingual } from '../bilingual.ts'

export const inbound = bilingual({}, {})
