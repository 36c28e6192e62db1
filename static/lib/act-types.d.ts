// What services rendered and acts look like on the wire (docs/api.md): types for the pages, no code.

export interface Named { id: number; name: string }
export type RenderedState = "proposed" | "confirmed" | "disputed" | "settled" | "withdrawn";
export interface Rendered {
  booking: number; version: number; state: RenderedState; overdue: boolean; day: string; client: Named; provider: Named;
  specialist: string; service: { code: string; name: string }; certificate: string | null; source: string;
  payment: "tariff" | "minutes"; norm_min: number; actual_min: number; unit: "session" | "minute" | "kopeck"; quantity: number;
  unit_kopecks: number; sum_kopecks: number; copay_kopecks: number;
  confirmed_how: "tap" | "code" | "coordinator" | null; confirmed_at: string | null;
  client_said: { agrees: boolean; minutes: number | null; text: string; how: string; at: string } | null;
  provider_said: { minutes: number; share: number; mode: string; standard: number; by_facts: boolean; at: string } | null;
  settled: { favour: "provider" | "client" | "other"; minutes: number; sum_kopecks: number; because: string; by: string; at: string } | null;
  acts: { id: number; number: string | null; status: string; n: number; sum_kopecks: number; correction: boolean }[];
}
export interface RenderedCounts { proposed: number; overdue: number; disputed: number; confirmed: number; settled: number }
export interface RenderedList { items: Rendered[]; counts: RenderedCounts; more: number | null }

export interface ActBrief { id: number; number: string | null; status: "draft" | "signed"; lines: number; sum_kopecks: number }
export interface ActMonth {
  provider: number; district: number; source: string; year: number; month: string; acts: ActBrief[]; ready: number;
  ready_kopecks: number; proposed: number; disputed: number; corrections: number;
}
export interface ActsOfYear { providers: (Named & { kind: string })[]; districts: Named[]; items: ActMonth[] }
export interface ActEvidence {
  minutes: number; of: number; share: number | null; mode: string | null; standard: number | null; by_facts: boolean;
  how: string | null; at: string | null; copay_kopecks: number;
}
export interface ActLine {
  n: number; booking: number | null; client: Named | null; certificate: string | null; day: string; code: string; name: string;
  unit: "session" | "minute" | "kopeck"; quantity: number; minutes: number; unit_kopecks: number; sum_kopecks: number;
  evidence: ActEvidence; corrects: { act: string; n: number } | null; because: string;
}
export interface LeftOut { booking: number; client: Named; day: string; code: string; sum_kopecks: number; why: "proposed" | "disputed" | "elsewhere"; act: number | null }
export interface Act {
  id: number; version: number; number: string | null; status: "draft" | "signed"; provider: Named & { kind: string }; district: Named;
  source: string; year: number; month: string; made_at: string; made_by: string; signed_at: string | null; signed_by: string | null;
  signed_for: string; sum_kopecks: number;
  totals: { code: string; name: string; lines: number; quantity: number; minutes: number; sum_kopecks: number }[];
  lines: ActLine[]; left_out: LeftOut[];
}
