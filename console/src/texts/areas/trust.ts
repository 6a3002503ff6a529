import { bilingual } from '../bilingual.ts'

export const trust = bilingual(
  {
    'approvals.title': 'Waiting for a second person',
    'approvals.what': 'Request',
    'approvals.input': 'With',
    'approvals.until': 'Until',
    'approvals.approve': 'Approve',
    'approvals.refuse': 'Refuse',
    'approvals.mine': 'Another person approves',
    'approvals.approved': 'Approved and carried out',
    'approvals.refused': 'Refused',
    'approvals.pending': 'Another person has to approve this; it stands under People & tokens',
    'role.merchant': 'Merchant',
    'role.creator': 'Creator',
  },
  {
    'approvals.title': '等待第二人批准',
    'approvals.what': '申请',
    'approvals.input': '内容',
    'approvals.until': '截止',
    'approvals.approve': '批准',
    'approvals.refuse': '拒绝',
    'approvals.mine': '须由另一人批准',
    'approvals.approved': '已批准并执行',
    'approvals.refused': '已拒绝',
    'approvals.pending': '需要另一人批准，见「人员与令牌」',
    'role.merchant': '商家',
    'role.creator': '达人',
  },
)
