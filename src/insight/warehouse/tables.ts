import type { Text } from '../../kernel/values.ts'

/** A column of the facts, as analysts see it. */
export interface FactColumn {
  readonly name: string
  readonly type: 'VARCHAR' | 'DOUBLE' | 'BIGINT' | 'BOOLEAN' | 'TIMESTAMP' | 'VARCHAR[]' | 'DOUBLE[]' | 'JSON'
  readonly title: Text
}

/** Columns whose name in the ledger differs: `at` is a reserved word of DuckDB. */
export const ledgerNames: Readonly<Record<string, string>> = { recorded_at: 'at' }

export interface FactTable {
  readonly name: string
  readonly title: Text
  readonly columns: readonly FactColumn[]
  /** Name of the ledger table that feeds it by the outbox; absent = fed by the journal. */
  readonly ledger?: string
}

type Short = readonly [name: string, type: FactColumn['type'], zh: string, en: string]
const columns = (...rows: Short[]): FactColumn[] =>
  rows.map(([name, type, zh, en]) => ({ name, type, title: { zh, en } }))

const about: Short[] = [
  ['event_id', 'VARCHAR', '业务事件编号', 'Id of the event'],
  ['source', 'VARCHAR', '来源', 'Source of the event'],
  ['event_type', 'VARCHAR', '事件类型', 'Type of the event'],
  ['subject_type', 'VARCHAR', '对象类型', 'Kind of subject'],
  ['subject_id', 'VARCHAR', '对象编号', 'Id of the subject'],
  ['party_type', 'VARCHAR', '责任方类型', 'Kind of party that answers for it'],
  ['party_id', 'VARCHAR', '责任方编号', 'Id of that party'],
  ['site', 'VARCHAR', '站点', 'Site'],
]
const at: Short = ['recorded_at', 'TIMESTAMP', '记录时间', 'When it was recorded']
const cause: Short = ['cause', 'VARCHAR', '起因（产生它的记录）', 'The record that made it']
const actor: Short = ['actor', 'VARCHAR', '操作者', 'Who did it']

/** Columns of `events` before the fields of the event data. */
export const eventHead = columns(
  ['position', 'BIGINT', '日志位置', 'Position in the journal'],
  ['logged_at', 'TIMESTAMP', '入库时间（严格递增）', 'When it was journaled, strictly increasing'],
  ['time', 'TIMESTAMP', '发生时间', 'When it happened'],
  ['id', 'VARCHAR', '事件编号', 'Id of the event'],
  ['source', 'VARCHAR', '来源', 'Source'],
  ['type', 'VARCHAR', '事件类型', 'Type'],
  ['subject', 'VARCHAR', '信封主体', 'Subject of the envelope'],
  ['subject_type', 'VARCHAR', '对象类型', 'Kind of subject'],
  ['subject_id', 'VARCHAR', '对象编号', 'Id of the subject'],
  ['party_type', 'VARCHAR', '责任方类型', 'Kind of party'],
  ['party_id', 'VARCHAR', '责任方编号', 'Id of the party'],
  ['site', 'VARCHAR', '站点', 'Site'],
  ['tenant', 'VARCHAR', '租户', 'Tenant'],
  ['market', 'VARCHAR', '市场', 'Market of the envelope'],
)

/** The facts: every table that the SQL workbench, indicators and backtests can use. `events` also gets a column per data field. */
export const factTables: readonly FactTable[] = [
  {
    name: 'events',
    title: { zh: '业务事件：每条一行，字段展开为列', en: 'Events: one row each, fields as columns' },
    columns: eventHead,
  },
  {
    name: 'decisions',
    title: { zh: '判定：每个事件一条', en: 'Decisions: one for each event' },
    columns: columns(
      ['decision_id', 'VARCHAR', '判定编号', 'Id of the decision'],
      ['position', 'BIGINT', '事件的日志位置', 'Journal position of the event'],
      ['logged_at', 'TIMESTAMP', '入库时间', 'When the event was journaled'],
      ...about,
      ['verdict', 'VARCHAR', '总结论', 'Overall verdict'],
      ['markets', 'JSON', '各市场结论', 'Verdict by market'],
      ['live_findings', 'BIGINT', '生效策略命中数', 'Findings of live strategies'],
      ['unknown', 'VARCHAR[]', '因缺数据而无法判断的策略', 'Strategies that could not tell for lack of data'],
      ['saw', 'JSON', '当时用到的信号与特征', 'Signals and features that it saw'],
      ['engine', 'VARCHAR', '规则包与名单指纹', 'Fingerprint of packs and lists'],
    ),
  },
  {
    name: 'findings',
    title: { zh: '命中：每个策略命中一行', en: 'Findings: one row for each strategy that fired' },
    columns: columns(
      ['finding_id', 'VARCHAR', '命中编号', 'Id of the finding'],
      ['decision_id', 'VARCHAR', '判定编号', 'Decision that holds it'],
      ['logged_at', 'TIMESTAMP', '入库时间', 'When the event was journaled'],
      ['strategy', 'VARCHAR', '策略', 'Strategy'],
      ['version', 'BIGINT', '策略版本', 'Version of the strategy'],
      ['policy', 'VARCHAR', '规范', 'Policy'],
      ['severity', 'VARCHAR', '严重级别', 'Severity'],
      ['verdict', 'VARCHAR', '结论', 'Verdict'],
      ['mode', 'VARCHAR', '生效或空跑', 'live or shadow'],
      ['markets', 'VARCHAR[]', '市场', 'Markets'],
      ...about,
      ['evidence', 'JSON', '证据', 'Evidence'],
    ),
  },
  {
    name: 'actions',
    ledger: 'actions',
    title: { zh: '处置：含撤销（inverse_of 不为空）', en: 'Actions, inverses included (inverse_of is set)' },
    columns: columns(
      ['action_id', 'VARCHAR', '处置编号', 'Id'],
      at,
      ['kind', 'VARCHAR', '处置种类', 'Kind of action'],
      ['target_type', 'VARCHAR', '对象类型', 'Kind of target'],
      ['target_id', 'VARCHAR', '对象编号', 'Target'],
      ['party_type', 'VARCHAR', '责任方类型', 'Kind of party'],
      ['party_id', 'VARCHAR', '责任方编号', 'Party'],
      ['markets', 'JSON', '市场', 'Markets'],
      ['until', 'TIMESTAMP', '截止', 'Until'],
      ['policy', 'VARCHAR', '规范', 'Policy'],
      ['policy_version', 'BIGINT', '规范版本', 'Version of the policy'],
      ['strategy', 'VARCHAR', '策略', 'Strategy'],
      ['strategy_version', 'BIGINT', '策略版本', 'Version of the strategy'],
      ['severity', 'VARCHAR', '严重级别', 'Severity'],
      ['inverse_of', 'VARCHAR', '撤销的是哪条处置', 'The action that this one reverses'],
      cause,
      actor,
      // Later columns come last: that is where an older file of facts gets them.
      ['detail', 'JSON', '细节：功能、阶梯处罚', 'What the kind leaves open: features, the sanction of a ladder'],
    ),
  },
  {
    name: 'points',
    ledger: 'points',
    title: { zh: '扣分台账', en: 'Points ledger' },
    columns: columns(
      ['entry_id', 'VARCHAR', '记录编号', 'Id'],
      at,
      ['ladder', 'VARCHAR', '阶梯', 'Ladder'],
      ['party_type', 'VARCHAR', '责任方类型', 'Kind of party'],
      ['party_id', 'VARCHAR', '责任方编号', 'Party'],
      ['type', 'VARCHAR', '种类', 'Kind of entry'],
      ['class', 'VARCHAR', '违规类别', 'Class'],
      ['points', 'DOUBLE', '分值', 'Points'],
      ['ref', 'VARCHAR', '所涉记录', 'Entry that it concerns'],
      ['policy', 'VARCHAR', '规范', 'Policy'],
      ['policy_version', 'BIGINT', '规范版本', 'Version of the policy'],
      cause,
      actor,
      // Later columns come last: that is where an older file of facts gets them.
      ['about', 'VARCHAR', '测验所涉违规', 'Violation that a quiz is about'],
      ['joint_of', 'VARCHAR', '连带自哪条违规', 'Violation of a linked party that it follows'],
      ['quantity', 'DOUBLE', '加分数量', 'Units that a credit stands for'],
    ),
  },
  {
    name: 'notices',
    ledger: 'notices',
    title: { zh: '告知书', en: 'Notices' },
    columns: columns(
      ['notice_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['party_type', 'VARCHAR', '收件方类型', 'Kind of recipient'],
      ['party_id', 'VARCHAR', '收件方', 'Recipient'],
      ['subject_type', 'VARCHAR', '对象类型', 'Kind of subject'],
      ['subject_id', 'VARCHAR', '对象', 'Subject'],
      ['action_ids', 'JSON', '处置', 'Actions'],
      ['text', 'JSON', '正文', 'Text'],
      ['deadline', 'TIMESTAMP', '申诉截止', 'Deadline of an appeal'],
      ['policy', 'VARCHAR', '规范', 'Policy'],
      cause,
      actor,
    ),
  },
  {
    name: 'cases',
    ledger: 'cases',
    title: { zh: '案件', en: 'Review cases' },
    columns: columns(
      ['case_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['queue', 'VARCHAR', '队列', 'Queue'],
      ['severity', 'VARCHAR', '严重级别', 'Severity'],
      ['subject_type', 'VARCHAR', '对象类型', 'Kind of subject'],
      ['subject_id', 'VARCHAR', '对象', 'Subject'],
      ['party_type', 'VARCHAR', '责任方类型', 'Kind of party'],
      ['party_id', 'VARCHAR', '责任方', 'Party'],
      ['site', 'VARCHAR', '站点', 'Site'],
      ['due_at', 'TIMESTAMP', '时限', 'Due'],
      ['decision_id', 'VARCHAR', '判定', 'Decision'],
      ['policies', 'JSON', '规范', 'Policies'],
      ['purpose', 'VARCHAR', '用途：work 处置，其余为质检', 'work, or golden, second, sample: judges a judgement'],
      cause,
    ),
  },
  {
    name: 'case_events',
    ledger: 'case_events',
    title: { zh: '案件变化', en: 'What happened to cases' },
    columns: columns(
      ['case_event_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['case_id', 'VARCHAR', '案件', 'Case'],
      ['type', 'VARCHAR', '变化', 'What'],
      ['outcome', 'VARCHAR', '结论', 'Outcome'],
      ['policy', 'VARCHAR', '规范', 'Policy'],
      ['data', 'JSON', '内容', 'Data'],
      cause,
      actor,
    ),
  },
  {
    name: 'appeals',
    ledger: 'appeals',
    title: { zh: '申诉', en: 'Appeals' },
    columns: columns(
      ['appeal_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['subject_type', 'VARCHAR', '对象类型', 'Kind of subject'],
      ['subject_id', 'VARCHAR', '对象', 'Subject'],
      ['party_type', 'VARCHAR', '责任方类型', 'Kind of party'],
      ['party_id', 'VARCHAR', '责任方', 'Party'],
      ['action_ids', 'JSON', '处置', 'Actions'],
      ['text', 'VARCHAR', '理由', 'What they say'],
      ['due_at', 'TIMESTAMP', '时限', 'Due'],
      cause,
      actor,
      // Later columns come last: that is where an older file of facts gets them.
      ['side', 'VARCHAR', '申诉方：subject 当事方 / reporter 举报人', 'subject or reporter'],
      ['level', 'BIGINT', '审级', 'Level'],
      ['chance', 'BIGINT', '第几次', 'Chance'],
    ),
  },
  {
    name: 'appeal_events',
    ledger: 'appeal_events',
    title: { zh: '申诉处理', en: 'What happened to appeals' },
    columns: columns(
      ['appeal_event_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['appeal_id', 'VARCHAR', '申诉', 'Appeal'],
      ['outcome', 'VARCHAR', '结论', 'Outcome'],
      ['note', 'VARCHAR', '说明', 'Note'],
      cause,
      actor,
    ),
  },
  {
    name: 'measures',
    ledger: 'measures',
    title: {
      zh: '人工措施：施加、解除、整改、加分、测验',
      en: 'Measures: imposed, lifted, mended, credited, quiz taken',
    },
    columns: columns(
      ['measure_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['type', 'VARCHAR', '种类', 'impose, lift, cure, credit or quiz'],
      ['target_type', 'VARCHAR', '对象类型', 'Kind of target'],
      ['target_id', 'VARCHAR', '对象', 'Target'],
      ['reason', 'VARCHAR', '理由', 'Reason'],
      ['data', 'JSON', '内容', 'Data'],
      cause,
      actor,
    ),
  },
  {
    name: 'links',
    ledger: 'links',
    title: { zh: '关联关系', en: 'Links between parties' },
    columns: columns(
      ['link_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['kind', 'VARCHAR', '关系', 'Kind'],
      ['a_type', 'VARCHAR', '一方类型', 'Kind of one party'],
      ['a_id', 'VARCHAR', '一方', 'One party'],
      ['b_type', 'VARCHAR', '另一方类型', 'Kind of the other party'],
      ['b_id', 'VARCHAR', '另一方', 'The other party'],
      ['evidence', 'VARCHAR', '证据', 'Evidence'],
      ['since', 'TIMESTAMP', '自', 'Since'],
      ['until', 'TIMESTAMP', '至', 'Until'],
      cause,
      actor,
    ),
  },
  {
    name: 'link_ends',
    ledger: 'link_ends',
    title: { zh: '关联的结束', en: 'Ends of links' },
    columns: columns(
      ['link_end_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['link_id', 'VARCHAR', '关联', 'Link'],
      ['until', 'TIMESTAMP', '结束时间', 'When it ended'],
      ['mistaken', 'BIGINT', '1 = 误判', '1 = it never was'],
      ['reason', 'VARCHAR', '理由', 'Reason'],
      cause,
      actor,
    ),
  },
  {
    name: 'complaints',
    ledger: 'complaints',
    title: { zh: '负向投诉', en: 'Negative complaints' },
    columns: columns(
      ['complaint_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['source', 'VARCHAR', '来源', 'Where it came from'],
      ['subject_type', 'VARCHAR', '对象类型', 'Kind of subject'],
      ['subject_id', 'VARCHAR', '对象', 'Subject'],
      ['text', 'VARCHAR', '内容', 'What it says'],
      ['severity', 'VARCHAR', '严重级别', 'Severity'],
      ['due_at', 'TIMESTAMP', '时限', 'Due'],
      cause,
      actor,
    ),
  },
  {
    name: 'complaint_events',
    ledger: 'complaint_events',
    title: { zh: '负向投诉的步骤', en: 'Steps of negative complaints' },
    columns: columns(
      ['complaint_event_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['complaint_id', 'VARCHAR', '投诉', 'Complaint'],
      ['type', 'VARCHAR', '步骤', 'root_cause, fix, verified_effect, reply, not_effective or closed'],
      ['text', 'VARCHAR', '内容', 'Text'],
      ['refs', 'JSON', '引用', 'References'],
      cause,
      actor,
    ),
  },
  {
    name: 'labels',
    ledger: 'labels',
    title: { zh: '真值标注', en: 'Labels (truth)' },
    columns: columns(
      ['label_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['event_id', 'VARCHAR', '事件', 'Event'],
      ['source', 'VARCHAR', '来源', 'Source of the event'],
      ['subject_type', 'VARCHAR', '对象类型', 'Kind of subject'],
      ['subject_id', 'VARCHAR', '对象', 'Subject'],
      ['policy', 'VARCHAR', '规范', 'Policy'],
      ['label', 'VARCHAR', 'violation 违规 / ok 正常', 'violation or ok'],
      ['origin', 'VARCHAR', '标注来源', 'Who says so: review, appeal, import, sample'],
      ['strategies', 'JSON', '涉及的策略', 'Strategies that it judges'],
      cause,
      actor,
    ),
  },
  {
    name: 'alerts',
    ledger: 'alerts',
    title: {
      zh: '告警与解除：策略制动、渠道、批量策略的部署',
      en: 'Alerts and their end: brakes that were pulled, channels in trouble, batch strategies that do not run as they should',
    },
    columns: columns(
      ['alert_id', 'VARCHAR', '编号', 'Id'],
      at,
      [
        'kind',
        'VARCHAR',
        'brake 制动 / released 解除 / channel 渠道 / recovered 恢复 / deployment 部署 / settled 关闭',
        'brake, released, channel, recovered, deployment or settled',
      ],
      ['level', 'VARCHAR', '级别', 'Level'],
      ['strategy', 'VARCHAR', '策略', 'Strategy'],
      ['version', 'BIGINT', '策略版本', 'Version of the strategy'],
      ['title', 'JSON', '标题', 'Title'],
      ['detail', 'JSON', '说明', 'Detail'],
      ['since', 'TIMESTAMP', '异常起点', 'Where the run of hits began'],
      ['ref', 'VARCHAR', '解除的告警', 'Alert that it releases'],
      ['position', 'BIGINT', '日志位置', 'Position in the journal'],
      ['data', 'JSON', '限值与实测', 'Limit and what was there'],
      cause,
      actor,
    ),
  },
  {
    name: 'batch_runs',
    ledger: 'batch_runs',
    title: { zh: '批量策略的运行', en: 'Runs of batch strategies' },
    columns: columns(
      ['run_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['strategy', 'VARCHAR', '策略', 'Strategy'],
      ['version', 'BIGINT', '策略版本', 'Version of the strategy'],
      ['mode', 'VARCHAR', '生效或空跑', 'live or shadow'],
      ['kind', 'VARCHAR', '首次、计划、补跑、手动', 'first, scheduled, catch_up or manual'],
      ['attempt', 'BIGINT', '第几次尝试', 'Attempt'],
      ['window_from', 'TIMESTAMP', '窗口起点', 'Start of the window'],
      ['window_to', 'TIMESTAMP', '窗口终点', 'End of the window'],
      ['due', 'TIMESTAMP', '应运行时间', 'When it was due'],
      cause,
      actor,
    ),
  },
  {
    name: 'batch_run_events',
    ledger: 'batch_run_events',
    title: { zh: '批量运行的经过', en: 'What happened to runs of batch strategies' },
    columns: columns(
      ['run_event_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['run_id', 'VARCHAR', '运行', 'Run'],
      ['type', 'VARCHAR', '经过', 'What'],
      ['data', 'JSON', '结果', 'Report'],
      cause,
      actor,
    ),
  },
  {
    name: 'batch_hits',
    ledger: 'batch_hits',
    title: { zh: '批量运行命中的对象', en: 'Subjects that runs of batch strategies found' },
    columns: columns(
      ['hit_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['run_id', 'VARCHAR', '运行', 'Run'],
      ['strategy', 'VARCHAR', '策略', 'Strategy'],
      ['version', 'BIGINT', '策略版本', 'Version of the strategy'],
      ['subject_type', 'VARCHAR', '对象类型', 'Kind of subject'],
      ['subject_id', 'VARCHAR', '对象', 'Subject'],
      ['party_type', 'VARCHAR', '责任方类型', 'Kind of party'],
      ['party_id', 'VARCHAR', '责任方', 'Party'],
      ['score', 'DOUBLE', '得分', 'Score'],
      ['evidence', 'JSON', '证据', 'Evidence'],
      [
        'standing',
        'VARCHAR',
        'fresh 本次判定 / repeat 重叠窗口已判',
        'fresh: decided now; repeat: decided in an overlapping window',
      ],
      cause,
      actor,
    ),
  },
  {
    name: 'recalls',
    ledger: 'recalls',
    title: { zh: '策略召回', en: 'Recalls of strategy versions' },
    columns: columns(
      ['recall_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['strategy', 'VARCHAR', '策略', 'Strategy'],
      ['version', 'BIGINT', '策略版本', 'Version of the strategy'],
      ['since', 'TIMESTAMP', '自何时起', 'From when on'],
      ['reason', 'VARCHAR', '理由', 'Reason'],
      ['actions', 'BIGINT', '撤销的处置', 'Actions reversed'],
      ['narrowed', 'BIGINT', '缩小市场的处置', 'Actions narrowed'],
      ['points', 'DOUBLE', '退回分值', 'Points returned'],
      ['cases', 'BIGINT', '撤回的案件', 'Cases withdrawn'],
      ['summary', 'JSON', '汇总', 'Summary'],
      cause,
      actor,
    ),
  },
  {
    name: 'statements',
    ledger: 'statements',
    title: { zh: '理由说明（欧盟 DSA 透明度数据库）', en: 'Statements of reasons (EU DSA Transparency Database)' },
    columns: columns(
      ['puid', 'VARCHAR', '平台唯一编号', 'Id in the database'],
      at,
      ['action_id', 'VARCHAR', '处置', 'Action'],
      ['kind', 'VARCHAR', '处置种类', 'Kind of action'],
      ['decision_ground', 'VARCHAR', '依据：违法或违约', 'Ground: illegal or incompatible'],
      ['category', 'VARCHAR', '类别', 'Category'],
      ['territorial_scope', 'JSON', '地域', 'Territories'],
      ['source_type', 'VARCHAR', '来源', 'Source'],
      ['automated_detection', 'VARCHAR', '是否自动发现', 'Found by automated means'],
      ['automated_decision', 'VARCHAR', '自动决定程度', 'How far it was decided by automated means'],
      ['noticed_at', 'TIMESTAMP', '收到举报的时间', 'When the notice came in'],
      ['payload', 'JSON', '报文', 'Payload'],
      ['problems', 'JSON', '校验问题', 'What the validator refuses'],
      ['doubts', 'JSON', '语义自查', 'Doubts of the self-check'],
      cause,
      actor,
    ),
  },
  {
    name: 'inbound_notices',
    ledger: 'inbound_notices',
    title: {
      zh: '外部通知：举报、权利人通知、命令、反馈',
      en: 'Notices from outside: reports, rights notices, orders, feedback',
    },
    columns: columns(
      ['notice_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['kind', 'VARCHAR', '种类', 'Kind'],
      ['channel', 'VARCHAR', '渠道', 'Channel'],
      ['source_id', 'VARCHAR', '来源（不含姓名）', 'Source, without a name'],
      ['subject_type', 'VARCHAR', '对象类型', 'Kind of subject'],
      ['subject_id', 'VARCHAR', '对象', 'Subject'],
      ['class', 'VARCHAR', '类别', 'Class'],
      ['reason', 'VARCHAR', '理由', 'Reason'],
      ['markets', 'JSON', '市场', 'Markets'],
      ['site', 'VARCHAR', '站点', 'Site'],
      ['due_at', 'TIMESTAMP', '期限', 'Due'],
      ['deadline_rule', 'VARCHAR', '期限依据', 'Rule of the deadline'],
      ['position', 'BIGINT', '日志位置', 'Position in the journal'],
      cause,
      actor,
    ),
  },
  {
    name: 'inbound_events',
    ledger: 'inbound_events',
    title: { zh: '外部通知的经过', en: 'What happened to notices from outside' },
    columns: columns(
      ['inbound_event_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['notice_id', 'VARCHAR', '通知', 'Notice'],
      ['type', 'VARCHAR', '事件', 'What happened'],
      ['case_id', 'VARCHAR', '案件', 'Case'],
      ['outcome', 'VARCHAR', '结论', 'Outcome'],
      cause,
      actor,
    ),
  },
  {
    name: 'quarantine',
    ledger: 'quarantine',
    title: { zh: '隔离区：被拒收的数据与原因', en: 'Quarantine: what was refused and why' },
    columns: columns(
      ['quarantine_id', 'VARCHAR', '编号', 'Id'],
      at,
      ['origin', 'VARCHAR', '来自', 'Where it came from'],
      ['reason', 'JSON', '原因', 'Reason'],
      ['field', 'VARCHAR', '字段', 'Field'],
      ['value', 'VARCHAR', '值', 'Value'],
      ['fix', 'JSON', '如何修正', 'Fix'],
      ['raw', 'VARCHAR', '原文', 'As it came'],
    ),
  },
]

/** Adds a column per data field to `events`. */
export function tablesWith(fields: readonly { name: string; type: FactColumn['type'] }[]): FactTable[] {
  const taken = new Set(eventHead.map((column) => column.name))
  const extra = fields
    .filter((field) => !taken.has(field.name))
    .map((field) => ({ ...field, title: { zh: field.name, en: field.name } }))
  const data: FactColumn = { name: 'data', type: 'JSON', title: { zh: '事件原文', en: 'The data as it came' } }
  return factTables.map((table) =>
    table.name === 'events' ? { ...table, columns: [...table.columns, ...extra, data] } : table,
  )
}

/** DDL of one table. */
export function createTableSql(table: FactTable): string {
  return `CREATE TABLE IF NOT EXISTS "${table.name}" (${table.columns.map((column) => `"${column.name}" ${column.type}`).join(', ')})`
}
