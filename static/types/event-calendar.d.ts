// Types of static/vendor/event-calendar.min.js: a classic script that leaves one global behind.
interface EventCalendarInstance {
  setOption(name: string, value: unknown): EventCalendarInstance;
  getOption(name: string): any;
  addEvent(event: object): any;
  updateEvent(event: object): any;
  removeEventById(id: string | number): EventCalendarInstance;
  getEvents(): any[];
  getEventById(id: string | number): any;
  refetchEvents(): EventCalendarInstance;
  dateFromPoint(x: number, y: number): { date: Date; allDay: boolean; dayEl: HTMLElement; resource?: object } | null;
  getView(): any;
  next(): EventCalendarInstance;
  prev(): EventCalendarInstance;
  unselect(): EventCalendarInstance;
}
declare const EventCalendar: {
  create(target: HTMLElement, options: object): EventCalendarInstance;
  destroy(calendar: EventCalendarInstance): Promise<void>;
};
interface Window {
  EventCalendar: typeof EventCalendar;
}
