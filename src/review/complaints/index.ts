export { type ComplaintEvent, complaintStatus, complaintSteps, complaintTransitions, missingSteps } from './model.ts'
export { complaintOperations } from './operations.ts'
export { type Complaints, createComplaints } from './service.ts'
export { type ComplaintTables, complaintSchema } from './store.ts'
