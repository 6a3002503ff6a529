export { alwaysOpen, type Calendar, type CalendarDefinition, calendarSchema, compileCalendar } from './model.ts'
