import { useState } from 'react'
import { useSay } from '../i18n.ts'
import type { NoticeRow } from '../types/appeals.ts'
import type { Language } from '../types.ts'
import { Segment, Time } from './basics.tsx'
import { Facts } from './text.tsx'

/** The statement of reasons exactly as the merchant got it, in either language; its parts, where the body does not say them. */
export function Notice({ notice }: { notice: NoticeRow }) {
  const say = useSay()
  const [language, setLanguage] = useState<Language>(say.language)
  const text = notice.text[language]
  return (
    <div className="stack">
      <div className="row">
        <strong className="grow" lang={language === 'zh' ? 'zh-CN' : 'en'}>
          {text.title}
        </strong>
        <span className="muted">
          <Time at={notice.at} />
        </span>
        <Segment
          label={say.t('review.noticeLanguage')}
          value={language}
          onChange={(next) => setLanguage(next === 'zh' ? 'zh' : 'en')}
          options={[
            { value: 'zh', label: '中' },
            { value: 'en', label: 'En' },
          ]}
        />
      </div>
      <div lang={language === 'zh' ? 'zh-CN' : 'en'} className="stack">
        <p className="spans">{text.body}</p>
        {!text.body.includes(text.why) && (
          <Facts
            rows={[
              [say.t('notice.why'), text.why],
              [say.t('notice.evidence'), text.evidence],
              [say.t('notice.law'), text.law],
              [say.t('notice.fix'), text.fix],
              [say.t('notice.appeal'), text.appeal],
            ]}
          />
        )}
      </div>
    </div>
  )
}
