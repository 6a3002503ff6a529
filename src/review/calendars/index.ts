export {
  alwaysOpen,
  type Calendar,
  type CalendarDefinition,
  calendarSchema,
  compileCalendar,
  weekdays,
} from './model.ts'
