import type { Text } from '../../kernel/values.ts'
import type { Queue } from './model.ts'

/** What a person can review. A person of whom nobody has said anything may take every case. */
export interface Reviewer {
  readonly skills: readonly string[]
  readonly languages: readonly string[]
}

/** Why a person may not take a case of this queue in this language; null = may. */
export function refusalOf(
  queue: Pick<Queue, 'skills' | 'languages' | 'title'>,
  language: string | null,
  reviewer: Reviewer | null,
): Text | null {
  if (!reviewer) return null
  const lacking = queue.skills.filter((skill) => !reviewer.skills.includes(skill))
  if (lacking.length > 0)
    return {
      zh: `队列“${queue.title.zh}”需要技能：${lacking.join('、')}`,
      en: `Queue "${queue.title.en}" needs the skill ${lacking.join(', ')}`,
    }
  const wanted = queue.languages === 'case' ? (language === null ? [] : [language]) : queue.languages
  if (wanted === 'any' || wanted.length === 0 || wanted.some((one) => reviewer.languages.includes(one))) return null
  return {
    zh: `这个案件需要语言：${wanted.join('、')}`,
    en: `This case needs the language ${wanted.join(' or ')}`,
  }
}
