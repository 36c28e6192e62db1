// Service standards, programmes and what remains, as docs/api.md has them: types for the pages, no code.

export type Per = "week" | "month" | "year";
export interface Way { times: number; per: Per; days?: number | null }
export type Indicator = "waiting_days" | "length_min" | "both_share" | "late_min" | "video_share" | "course_sessions" | "satisfaction";
export interface Standard {
  id: number; code: string; version: number; name: string; kind: string; form: string; modes: string[]; duration_min: number; buffer_min: number;
  before_min: number; price_kopecks: number; valid_from: string; relay_only: boolean; least_share: number | null; periodicity: Way[] | null;
  districts: number[] | null; deadline_days: number | null; payment: "tariff" | "minutes"; targets: Partial<Record<Indicator, number>>;
  conditions: string; staff_requirement: string; because: string; published_by: string | null; published_at: string | null;
  state: "coming" | "in_force" | "past"; used: boolean; removable: boolean;
}

export interface Alternative { times: number; per: Per; days: number | null; used: number; left: number; since: string; until: string; allowed: boolean }
export interface Source {
  kind: "standard" | "programme" | "certificate"; id: number; name: string; alternatives: Alternative[]; allowed: boolean; earliest: string | null;
  since: string | null; until: string | null; volume: number | null; remaining: number | null; fit: number | null;
}
export interface Allowance { code: string; name: string; on: string; sources: Source[]; earliest: string | null }
export interface Norm { times: number; per: Per; days: number | null; since: string; until: string; used: number; wanted: number }

export interface ProgrammeLine {
  id: number; code: string; name: string; volume: number; periodicity: Way[] | null; since: string; until: string; remaining: number; source: Source | null;
}
export interface Programme {
  id: number; version: number; client: number; number: string; issuer: { id: number; name: string }; issued_on: string; valid_until: string;
  ended_on: string | null; state: "in_force" | "over" | "ended"; lines: ProgrammeLine[]; certificates: { id: number; number: string; status: string }[];
}
