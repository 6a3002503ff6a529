import { bilingual } from '../bilingual.ts'

export const quality = bilingual({}, {})
