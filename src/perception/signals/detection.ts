import type { Value } from '../../kernel/values.ts'
import type { Box } from '../../vocabulary/evidence.ts'
import type { Body, Read, Reading, RegionEvidence } from './model.ts'
import type { FieldReader } from './problems.ts'

const reads = ['detections.labels', 'detections.scores', 'detections.images', 'detections.boxes', 'images']

const texts = (value: Value): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : [])
const numbers = (value: Value): readonly number[] => (Array.isArray(value) ? (value as readonly number[]) : [])

/**
 * The best score of the labels among what came with the event; 0 when the model looked and saw none of them at `least` or above, NULL
 * when the event says nothing of any detection. Labels are compared as they are, without regard to case.
 */
export function compileDetection(reader: FieldReader): Body {
  reader.only(['id', 'kind', 'title', 'note', 'labels', 'least'])
  const labels = reader.texts('labels')
  if (labels === undefined || labels.length === 0)
    reader.note('labels', labels ?? null, {
      problem: { zh: '缺少要找的标签', en: 'names no label' },
      fix: { zh: '例如 labels: [knife, gun]', en: 'write for example labels: [knife, gun]' },
    })
  const least = reader.number('least') ?? 0
  if (least < 0 || least > 1)
    reader.note('least', least, {
      problem: { zh: '不在 0 到 1 之间', en: 'is not between 0 and 1' },
      fix: { zh: '例如 least: 0.6', en: 'write for example least: 0.6' },
    })
  const wanted = new Set((labels ?? []).map((label) => label.toLowerCase()))
  return { type: 'DOUBLE', cost: 1, reads, evaluate: (read) => best(read, wanted, least) }
}

const most = 50

function best(read: Read, wanted: ReadonlySet<string>, least: number): Reading {
  const labels = read('detections.labels')
  if (labels === null) return { value: null, evidence: [] }
  const scores = numbers(read('detections.scores'))
  const found: RegionEvidence[] = []
  for (const [index, label] of texts(labels).entries()) {
    const score = scores[index] ?? 0
    if (score >= least && wanted.has(label.toLowerCase())) found.push(regionAt(read, { index, label, score }))
  }
  found.sort((a, b) => b.value - a.value)
  return { value: found[0]?.value ?? 0, evidence: found.slice(0, most) }
}

function regionAt(
  read: Read,
  { index, label, score }: { index: number; label: string; score: number },
): RegionEvidence {
  const image = texts(read('detections.images'))[index] ?? ''
  const place = texts(read('images')).indexOf(image)
  const box = boxAt(numbers(read('detections.boxes')), index)
  return {
    field: place >= 0 ? `images[${place}]` : `detections[${index}]`,
    image,
    tag: label,
    value: score,
    ...(box ? { box } : {}),
  }
}

function boxAt(boxes: readonly number[], index: number): Box | null {
  const [x, y, width, height] = boxes.slice(index * 4, index * 4 + 4)
  if (x === undefined || y === undefined || width === undefined || height === undefined || Number.isNaN(x)) return null
  return { x, y, width, height }
}
