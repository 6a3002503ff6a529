import { bilingual } from '../bilingual.ts'

export const mining = bilingual({}, {})
