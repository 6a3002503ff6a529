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

/** Every text of the console in English; the keys are the message ids. `{n|one|other}` picks by the plural rule. */
export const en = {
  ...batch.en,
  ...cases.en,
  ...enforcement.en,
  ...features.en,
  ...files.en,
  ...inbound.en,
  ...insight.en,
  ...mining.en,
  ...operations.en,
  ...people.en,
  ...portal.en,
  ...quality.en,
  ...reporting.en,
  ...rights.en,
  ...rollout.en,
  ...rules.en,
  ...shell.en,
  ...trust.en,
  ...words.en,
} as const
