import { bilingual } from '../bilingual.ts'

export const enforcement = bilingual({}, {})
