// What the booking desk, courses and records send and take beyond docs/api.md's common types: types for the pages, no code.

import type { Booking, Code, Service, Slot, SlotSpecialist } from "./api-types.js";
import type { Norm } from "./standard-types.js";

export type ResourceKind = "room" | "interpreter";
export interface Resource {
  id: number; version: number; kind: ResourceKind; name: string; address: string; languages: string[];
  district_id: number | null; active: boolean;
}
export interface Participant { role: "companion" | ResourceKind; name: string; client: number | null; resource: number | null }
export type DeskBooking = Booking & { participants: Participant[]; series: { id: number; n: number | null; of: number | null } | null; application: number | null; certificate: { id: number; number: string } | null };

export interface Hold { id: number; specialist: number; starts: string; ends: string; expires_at: string }
export type FoundSlot = Slot & { then: string[] };
export type NoneBecause = "no_specialist" | "not_at_that_time" | "all_taken" | "too_soon" | "beyond_horizon" | "absent" | "holiday" | "no_hours";
export interface Found {
  items: FoundSlot[]; zone: string; searched: { specialists: number; from: string; until: string };
  none_because: NoneBecause | null; nearest: FoundSlot[];
}

export type Periodicity = { times: number; per: "week" | "month" | "year" } | { days: number; times: number; per: "year" };
export type CourseService = Service & { periodicity?: Periodicity[] | null };

export interface Session {
  day: string; starts: string; specialist: number; reason: string | null; of: string[]; instead: string | null;
  instead_by: SlotSpecialist | null; late: boolean;
}
export interface Preview { sessions: Session[]; zone: string; fits: boolean; too_often: boolean; norm: Norm[] }
export interface MovedSession extends Session { booking: number; was: string }
export interface MovePreview { sessions: MovedSession[]; zone: string; fits: boolean }
export interface Series { id: number; version: number; rrule: string; first_day: string; zone: string; bookings: DeskBooking[] }
export interface SeriesBooked { series: Series; codes: { booking: number; code: Code; link: string }[] }
