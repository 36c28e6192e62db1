// What GET /calendars and the holds send beyond docs/api.md's common types, as the schedule shows it: types for the pages, no code.

export interface Hold { id: number; specialist: number; starts: string; ends: string; expires_at: string }
export interface Stretch { starts: string; ends: string }
export interface DayOff { day: string; why: "holiday" | "closed" | "no_hours"; name: string }
export interface BoardBooking {
  id: number; version: number; starts: string; ends: string; busy_until: string; status: string; mode: string; movable: boolean;
  client: { id: number; name: string } | null; service: { code: string; version: number; name: string; duration_min: number };
}
export interface Column {
  specialist: { id: number; name: string; institution: { id: number; name: string; kind: string } };
  zone: string; services: string[]; topics: string[]; languages: string[];
  open: Stretch[]; away: Stretch[]; off: DayOff[]; bookings: BoardBooking[]; held: Stretch[];
  free: string[] | null; next_free: string | null;
}
export interface Board { zone: string; since: string; until: string; items: Column[]; of: number; duration_min: number | null }
