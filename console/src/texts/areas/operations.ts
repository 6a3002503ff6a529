import { bilingual } from '../bilingual.ts'

export const operations = bilingual({}, {})
