// What the interface says of applications, relations and cards of one person: types for the pages, no code.

export type Named = { id: number; name: string };

export type ApplicationItem = {
  id: number; version: number; status: string; needs: string[]; setback: string | null; name: string; birth_year: number | null;
  birth_date: string | null; phone: string; settlement: string; source: string; urgency: string; topic: string | null; service: string | null;
  received_at: string; due_on: string | null; specialist: Named | null; proposed: Named | null; client: number | null; likely: boolean;
};

export type ApplicationList = { items: ApplicationItem[]; counts: Record<string, number>; today: string };

export type Candidate = {
  client: number; name: string; birth_year: number; birth_date: string | null; phone: string; settlement: string; score: number; because: string[];
};

export type BookingBrief = { id: number; version: number; status: string; starts: string; zone: string; specialist: Named };

export type HistoryLine = { at: string; what: string; by: string | null; before: Record<string, any>; after: Record<string, any> };

export type Application = ApplicationItem & {
  email: string; language: string; speaker: string; speaker_tie: string; speaker_phone: string; mode: string | null;
  wishes: { weekdays?: number[]; parts?: string[]; specialist?: number; institution?: number; text?: string };
  wished: { specialist?: string; institution?: string }; remark: string; assigned_at: string | null; proposed_at: string | null;
  closed_at: string | null; close_reason: string | null; consent_given: boolean; zone: string; candidates: Candidate[]; others: ApplicationItem[];
  bookings: BookingBrief[]; standing: BookingBrief[]; history: HistoryLine[];
};

export type Proposal = {
  specialist: Named; institution: Named; institution_kind: string; starts: string | null; first: string | null; load: number; because: string[];
};

export type Relation = {
  id: number; version: number; kind: string; tie: string; name: string; phone: string; document: string; until: string | null; expired: boolean;
  other: number | null; ended_at: string | null;
};

export type MergePreview = {
  kept: { id: number; version: number; name: string; birth_year: number; created_at: string };
  gone: { id: number; version: number; name: string; birth_year: number; created_at: string };
  differences: { field: string; kept: string | number | null; gone: string | number | null }[];
  moves: { what: string; count: number }[];
  conflicts: { code: string; starts: string | null; bookings: number[]; service: string | null; numbers: string[]; name: string | null; tie: string | null; purpose: string | null }[];
};
