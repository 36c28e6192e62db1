// What the HTTP interface sends and takes, as docs/api.md writes it down: types for the pages, no code.

export type Role = "coordinator" | "specialist" | "officer" | "analyst" | "administrator";
export type Mode = "video" | "voice" | "phone" | "in_person";
export type Status = "booked" | "confirmed" | "took_place" | "cancelled" | "missed" | "client_gave_up" | "specialist_late" | "failed_technically";
export type RoomState = "empty" | "waiting" | "live" | "paused" | "closed";
export type Device = "ok" | "silent" | "blocked" | "missing";

export interface Institution { id: number; name: string; phone?: string; kind?: string }
export interface District { id: number; name: string; zone: string }

export interface Me {
  id: number; name: string; login: string; roles: Role[]; institution: Institution; district: District | null;
  specialist_id: number | null; totp: boolean; may: string[]; demo: boolean;
}

export interface Service {
  id: number; code: string; version: number; name: string; duration_min: number; buffer_min: number;
  price_kopecks: number; modes: Mode[]; valid_from: string;
}
export interface Topic { code: string; name: string }
export interface Specialist {
  id: number; name: string; institution: Institution; zone: string; topics: string[]; languages: string[]; services: string[];
}
export interface ConsentText { purpose: string; version: number | string; language: string; title: string; text: string; hash: string }

export interface Consent {
  id: number; purpose: string; version: number | string; given_at: string; how: string; taken_by: number;
  withdrawn_at: string | null;
}
export interface Client {
  id: number; version: number; name: string; birth_year: number; phone: string; email: string; language: string;
  remark: string; settlement: string; birth_date: string | null; sex: "" | "f" | "m"; snils: string; address: string;
  district: District; created_at: string; consents?: Consent[];
}

export interface SlotSpecialist { id: number; name: string; institution: Institution }
export interface Slot { specialist: SlotSpecialist; starts: string; ends: string; zone: string }
export interface SlotAnswer {
  items: Slot[]; zone: string; searched: { specialists: number; from: string; until: string };
  none_because: null | "no_specialist" | "no_hours" | "all_taken" | "beyond_horizon";
}

export interface Room {
  state: RoomState; client_here: boolean; specialist_here: boolean; waiting_since: string | null; live_since: string | null;
  closed_at: string | null; help_at: string | null; help_why: string | null; help_answered_at: string | null; phone: boolean;
}
export interface LineCheck { verdict: "good" | "voice_only" | "too_weak"; microphone: Device; camera: Device; at: string }
export interface Booking {
  id: number; version: number; status: Status; starts: string; ends: string; zone: string; specialist_zone: string;
  specialist: SlotSpecialist; client: { id: number; name: string; birth_year: number; phone: string };
  service: { code: string; version: number; name: string; duration_min: number }; mode: Mode; topic: string | null;
  price_kopecks: number; room: Room; line_check: LineCheck | null;
  quality: { at: string; loss: number | null; rtt_ms: number | null; path: string | null } | null;
  feedback: { score: 1 | 2 | 3 } | null; code_used: boolean;
}
export interface Code { digits: string; opens_at: string; closes_at: string }
export interface Booked { booking: Booking; code: Code; link: string }

export interface JournalEvent { at: string; seat: number | null; role: string | null; kind: string; data: Record<string, unknown> }
export interface Presence { seat: number; role: string; entered_at: string; left_at: string | null; mode: string }
export interface QualitySample {
  at: string; seat: number; loss: number | null; rtt_ms: number | null; in_kbps: number | null; out_kbps: number | null;
  codec: string | null; width: number | null; height: number | null; fps: number | null; path: string | null;
  concealed: number | null; frozen_ms: number | null; rung: string | null;
}
export interface Journal {
  booking: Booking; events: JournalEvent[]; presences: Presence[]; quality: QualitySample[]; both_present_s: number; states: RoomState[];
}
export interface Change { at: string; who: string | null; what: string; before: Record<string, unknown>; after: Record<string, unknown> }
export interface Evidence {
  code: string; at: string | null; minutes: number | null; of: number | null; least: number | null; times: number | null;
  percent: number | null; mode: Mode | null; verdict: string | null; microphone: Device | null; why: string | null; who: string | null;
}
export interface Ending {
  booking: number; version: number; status: Status; proposal: Status | null; evidence: Evidence[];
  confirmed: null | { outcome: Status; by: string; at: string; because: string };
}

export type SeatRole = "specialist" | "client" | "companion" | "interpreter" | "relative";
export interface Guest { seat: number; role: SeatRole; name: string; here: boolean; admitted: boolean; code_used: boolean }
export interface Guests extends Items<Guest> { most: number; consent: boolean }
export interface Invited { seat: number; role: SeatRole; name: string; code: Code; link: string }

export type Health = "good" | "weak" | "bad" | "unknown";
export interface LiveSeat {
  seat: number; role: SeatRole; name: string; here: boolean; admitted: boolean; health: Health; because: string[];
  media: { audio: boolean; video: boolean; screen: boolean; rung: string; why: string | null };
}
export interface LiveItem {
  booking: number; state: RoomState; phone: boolean; starts: string; ends: string; zone: string; district: District;
  specialist: { id: number; name: string }; client: { id: number; name: string; phone: string };
  waiting_since: string | null; live_since: string | null;
  help: null | { at: string; why: "help" | "phone" | "time"; role: SeatRole | null; answered_at: string | null };
  needs: null | "help" | "bad" | "waiting"; seats: LiveSeat[]; health: Health; because: string[];
}
export interface Live extends Items<LiveItem> { now: string }

export interface QualityCell {
  key: string; district: string; sessions: number; merged: boolean; withheld: boolean; loss: number | null;
  rtt_ms: number | null; concealed: number | null; failed: number | null; phoned: number | null; rungs: Record<string, number>;
}
export interface QualityTable extends Items<QualityCell> { total: QualityCell; since: string; until: string; by: "settlement" | "district" | "week" }

export interface Note { text: string; version: number; saved_at: string | null }

export type Place = "office" | "point" | "home";
export interface Hours {
  weekday: number; start: string; end: string; valid_from: string | null; valid_until: string | null; services: string[] | null;
  every: number; place: Place; rule?: number;
}
/** `plain` is null where the RRULE says more than a form can; `first_day` is null for "since ever". */
export interface WorkingRule {
  id: number; rrule: string; plain: { days: number[]; every: number } | null; first_day: string | null; last_day: string | null;
  start: string; end: string; services: string[] | null; place: Place;
}
export interface RuleOverride { rule: number; day: string; windows: { day: string; start: string; end: string }[] }
/** As it lies on `day`; `rule` and `of_day` say which day of which rule it is, null for what is said of a whole day. */
export interface ShownWindow {
  day: string; start: string; end: string; services: string[] | null; place: Place; rule: number | null; of_day: string | null;
}
export interface Exception { id: number; day: string; windows: { start: string; end: string }[]; reason: string }
export interface Absence { id: number; starts: string; ends: string; kind: "vacation" | "sick" | "training" | "other" }
export interface Holiday { id: number; day: string; name: string; district_id?: number | null; kind: "closed" | "working" | "short"; like_day: string | null }
export interface CalendarBooking {
  id: number; starts: string; ends: string; busy_until: string; status: Status; client: { id: number; name: string } | null; service: { code: string; name: string };
}
export interface CalendarSettings {
  zone: string; step_min: number; notice_min: number; horizon_days: number; max_per_day: number | null; max_per_week: number | null;
  longest_run_min: number | null; break_min: number; change_notice_min: number; hours: Hours[]; rules: WorkingRule[]; overrides: RuleOverride[];
  version: number; undo?: { what: string; at: string; who: string } | null;
}
export interface Calendar extends CalendarSettings {
  windows: ShownWindow[]; exceptions: Exception[]; absences: Absence[]; holidays: Holiday[]; open: { starts: string; ends: string }[];
  bookings: CalendarBooking[];
}

export interface FieldError { field: string; code: string; message: string }
export interface Items<T> { items: T[] }
