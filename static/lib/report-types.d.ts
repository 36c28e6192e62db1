// What the reports answer: the pilot at a glance and the workbench of standards (docs/api.md). Null: not told.

export interface Part { key: string | number; people: number | null; sessions: number | null; minutes: number | null; kopecks: number | null }
export interface Purse { name: string; planned: number; issued: number | null; reserved: number | null; consumed: number | null; expired: number | null; left: number | null }
export interface Place { id: number; name: string }
export interface Waiting { sessions: number; median: number; within: number | null }
export interface DistrictRow { id: number | null; name: string; merged: number; held: Part; missed: number | null; waiting: Waiting | null; certificates: number | null; to_ngo: number | null }
export interface ProviderRow { id: number; name: string; kind: string; specialists: number; open_minutes: number; held: Part }
export interface Issued {
  certificates: number | null; people: number | null; months: Part[]; kinds: Part[]; providers: Record<string, number>;
  used: number | null; used_people: number | null; units: Record<string, Record<string, number | null>>;
}
export interface Glance {
  year: number; district: Place | null; withheld: boolean; mask_below: number; choices: Place[]; held: Part; missed: Part; waiting: Waiting | null;
  months: Part[]; modes: Part[]; reasons: Part[]; districts: DistrictRow[]; providers: ProviderRow[]; issued: Issued; sources: Purse[]; support: Purse[];
}

export interface Spread {
  id: number | null; name: string; merged: number; withheld: boolean; sessions: number; median: number | null; low: number | null; high: number | null;
  met: number | null; pairs: [number, number][];
}
export interface Bin { first: number; last: number; sessions: number }
export interface IndicatorSpread { name: string; most: boolean; first: number; last: number; step: number; target: number | null; norm: number | null; bins: Bin[]; whole: Spread }
export interface Rows { by: "district" | "provider" | "version"; items: Spread[] }
export interface Workbench {
  code: string; since: string; until: string; mask_below: number; services: { code: string; name: string; standard: number }[];
  districts: Place[]; providers: Place[]; indicators: IndicatorSpread[]; rows: Rows[];
}
