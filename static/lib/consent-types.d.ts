// What the consents of a client are on the wire: the consent with its words and names, and what taking it back would do.

export interface ConsentRecord {
  id: number; purpose: string; version: number; given_at: string; how: string; taken_by: number; withdrawn_at: string | null;
  title: string; text: string; hash: string; taken_by_name: string; representative: { name: string; tie: string; document: string } | null;
  withdrawn_by: string; withdrawn_how: string | null; withdrawn_because: string; newer: number | null; again: boolean;
}
export interface Effect { code: string; count: number; items: Record<string, string | number>[] }
export interface Effects { stamp: string; items: Effect[] }
/** Whoever may speak for the client, by the number of the relation. */
export interface Representative { id: number; name: string; tie: string; kind: string; expired: boolean; ended_at: string | null }
