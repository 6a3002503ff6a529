/** The sample marketplace: generated from a seed, with the truth about everything planted in it. */
export { DEFAULT_DAYS, DEFAULT_END, generateSample, sampleGroups } from './generate.ts'
export type { Expected, SampleEvent, SampleItem, SampleOptions, Severity, Site, Truth, Verdict } from './model.ts'
export { drawSamplePicture, type SamplePicture, samplePictureId, samplePictures } from './pictures.ts'
export { RECALLS as SAMPLE_RECALLS, type Recall } from './plant-goods.ts'
export { type KindCount, type SampleSummary, sampleSummary, sampleText } from './summary.ts'
export { SITES as sampleSites } from './world.ts'
