import { batch } from './areas/batch.ts'
import { cases } from './areas/cases.ts'
import { enforcement } from './areas/enforcement.ts'
import { features } from './areas/features.ts'
import { files } from './areas/files.ts'
import { inbound } from './areas/inbound.ts'
import { insight } from './areas/insight.ts'
import { mining } from './areas/mining.ts'
import { operations } from './areas/operations.ts'
import { people } from './areas/people.ts'
import { portal } from './areas/portal.ts'
import { quality } from './areas/quality.ts'
import { reporting } from './areas/reporting.ts'
import { rights } from './areas/rights.ts'
import { rollout } from './areas/rollout.ts'
import { rules } from './areas/rules.ts'
import { shell } from './areas/shell.ts'
import { trust } from './areas/trust.ts'
import { words } from './areas/words.ts'
import type { en } from './en.ts'

/** The same in Chinese; a key that is missing or too many does not compile. Terms follow the glossary. */
export const zh = {
  ...batch.zh,
  ...cases.zh,
  ...enforcement.zh,
  ...features.zh,
  ...files.zh,
  ...inbound.zh,
  ...insight.zh,
  ...mining.zh,
  ...operations.zh,
  ...people.zh,
  ...portal.zh,
  ...quality.zh,
  ...reporting.zh,
  ...rights.zh,
  ...rollout.zh,
  ...rules.zh,
  ...shell.zh,
  ...trust.zh,
  ...words.zh,
} as const satisfies Record<keyof typeof en, string>
