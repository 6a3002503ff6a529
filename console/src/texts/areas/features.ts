import { bilingual } from '../bilingual.ts'

export const features = bilingual(
  {
    'features.title': 'Features',
    'features.none':
      'This pack has no windows over past events. Add one in features.yaml and it learns the past by itself.',
    'features.ready': 'Ready',
    'features.learning': 'Learning the past',
    'features.learningNote':
      'Decisions do not know it yet: until it has learned the past it is NULL, never 0. {count} events learned, up to {time}.',
    'features.range': 'looks back {hours} hours',
    'features.all': 'looks back over everything',
    'features.memory':
      'All windows together: {keys} keys, {events} events held, {bytes} bytes a key. Events since {from}.',
  },
  {
    'features.title': '特征',
    'features.none': '该规则包没有历史窗口。在 features.yaml 中添加后，会自动学习历史事件。',
    'features.ready': '就绪',
    'features.learning': '正在学习历史',
    'features.learningNote': '判定尚未使用它：学完历史之前其值为 NULL，绝不是 0。已学习 {count} 个事件，到 {time}。',
    'features.range': '回看 {hours} 小时',
    'features.all': '回看全部历史',
    'features.memory': '全部窗口合计：{keys} 个键，保存 {events} 个事件，每键 {bytes} 字节。事件始于 {from}。',
  },
)
