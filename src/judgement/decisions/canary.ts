import { stableHash } from '../../kernel/stable-hash.ts'

/**
 * Whether a canary acts on a subject: the same answer for the same strategy and subject, on every machine and after
 * every restart; a larger share keeps the subjects of a smaller one. Another strategy picks other subjects.
 */
export function inCanary(
  strategy: { readonly name: string; readonly canary?: number | undefined },
  subject: string,
): boolean {
  return stableHash(`${strategy.name}\0${subject}`) % 10_000 < (strategy.canary ?? 0) * 100
}
