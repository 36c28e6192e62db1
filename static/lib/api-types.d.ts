// What the HTTP interface sends and takes, as docs/api.md writes it down: types for the pages, no code.

export type Role = "coordinator" | "specialist" | "officer" | "analyst" | "administrator";
export type Mode = "video" | "voice" | "phone" | "in_person";
export type Status = "booked" | "confirmed" | "took_place" | "cancelled" | "missed" | "failed_technically";
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
  remark: string; district: District; created_at: string; consents?: Consent[];
}

export interface SlotSpecialist { id: number; name: string; institution: Institution }
export interface Slot { specialist: SlotSpecialist; starts: string; ends: string; zone: string }
export interface SlotAnswer {
  items: Slot[]; zone: string; searched: { specialists: number; from: string; until: string };
  none_because: null | "no_specialist" | "no_hours" | "all_taken" | "beyond_horizon";
}

export interface Room {
  state: RoomState; client_here: boolean; specialist_here: boolean; waiting_since: string | null; live_since: string | null;
  closed_at: string | null; help_at: string | null;
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
export interface Booked { booking: Booking; code: Code; link: string; qr_svg: string }

export interface JournalEvent { at: string; seat: number | null; role: string | null; kind: string; data: Record<string, unknown> }
export interface Presence { seat: number; role: string; entered_at: string; left_at: string | null; mode: string }
export interface QualitySample {
  at: string; seat: number; loss: number | null; rtt_ms: number | null; in_kbps: number | null; out_kbps: number | null;
  codec: string | null; width: number | null; height: number | null; fps: number | null; path: string | null;
}
export interface Journal {
  booking: Booking; events: JournalEvent[]; presences: Presence[]; quality: QualitySample[]; both_present_s: number; states: RoomState[];
}
export interface Change { at: string; who: string | null; what: string; before: Record<string, unknown>; after: Record<string, unknown> }
export interface Note { text: string; version: number; saved_at: string | null }

export interface Hours {
  weekday: number; start: string; end: string; valid_from: string | null; valid_until: string | null; services: string[] | null;
}
export interface Exception { id: number; day: string; windows: { start: string; end: string }[]; reason: string }
export interface Absence { id: number; starts: string; ends: string; kind: "vacation" | "sick" | "training" | "other" }
export interface Holiday { id: number; day: string; name: string; district_id?: number | null }
export interface Calendar {
  zone: string; step_min: number; notice_min: number; horizon_days: number; max_per_day: number | null; hours: Hours[];
  exceptions: Exception[]; absences: Absence[]; holidays: Holiday[]; open: { starts: string; ends: string }[];
  bookings: { id: number; starts: string; ends: string; busy_until: string; status: Status; client: { id: number; name: string } | null; service: { code: string; name: string } }[];
  version: number;
}

export interface FieldError { field: string; code: string; message: string }
export interface Items<T> { items: T[] }
