// Lists from files as the server shows them: types for the pages, no code.

export type ListKind = "applications" | "certificates";
export type ListStatus = "reading" | "ready" | "accepting" | "undoing" | "accepted" | "cancelled" | "failed";
export type Verdict = "new" | "known" | "doubtful" | "refused";
export type Counts = Record<Verdict | "undecided", number>;
export interface ListItem {
  id: number; kind: ListKind; name: string; status: ListStatus; created_at: string; rows_read: number; rows_refused: number;
}
export interface ListView {
  id: number; version: number; kind: ListKind; name: string; size: number; status: ListStatus; brought_by: string;
  created_at: string; finished_at: string | null; about: number; rows_read: number; rows_refused: number; rows_doubtful: number; rows_applied: number; codes_open: boolean;
  counts: Counts | null; columns: string[]; unknown: string[];
  notes: { encoding?: string; sheet?: string; sheets?: number; hidden_rows?: number };
  problem: { code: string; line: number | null; message: string } | null;
  before: { id: number; name: string; at: string } | null;
}
export interface Person {
  id: number; name: string; birth_year: number; birth_date: string | null; phone: string; settlement: string;
  score: number | null; because: string[];
}
export interface Row {
  line: number; verdict: Verdict; choice: "" | "new" | "same"; cells: Record<string, string>; facts: Record<string, any> | null;
  problems: { field: string; code: string; message: string }[]; client: Person | null; candidates: Person[];
}
