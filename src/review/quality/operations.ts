import type { Cases } from '../cases/index.ts'
import type { Calibrations } from './calibration.ts'
import { calibrationOperations } from './calibration-operations.ts'
import { careOperations } from './care-operations.ts'
import { goldenOperations } from './golden-operations.ts'
import { type ReportInput, reportOperations } from './report-operations.ts'
import { settingOperations } from './setting-operations.ts'

export interface QualityOperationsInput extends ReportInput {
  readonly calibrations: Calibrations
  readonly cases: Cases
}

/** Quality of review, known answers, calibration, and care for those who look. */
export function qualityOperations(input: QualityOperationsInput) {
  const { quality, calibrations, cases } = input
  return [
    ...reportOperations(input),
    ...settingOperations(quality),
    ...careOperations(quality),
    ...goldenOperations(quality, cases),
    ...calibrationOperations(calibrations, cases),
  ]
}
