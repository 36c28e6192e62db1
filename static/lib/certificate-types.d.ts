// What the interface says of certificates, choices and budgets (docs/api.md): types for the pages, no code.

import type { District, Institution } from "./api-types.js";
import type { Way } from "./standard-types.js";

export type CertificateStatus = "forming" | "issued" | "chosen" | "in_use" | "used_up" | "expired" | "revoked" | "replaced";
export type Unit = "session" | "minute" | "kopeck";

export interface CertificateLine {
  id: number; code: string; name: string; unit: Unit; quantity: number; unit_kopecks: number; copay_kopecks: number; duration_min: number;
  periodicity: Way[] | null; available: number; reserved: number; consumed: number; expired: number;
}
export interface CertificateBrief {
  id: number; version: number; number: string; status: CertificateStatus;
  holder: { id: number; name: string; birth_year: number; phone: string };
  issued_on: string | null; valid_until: string; provider: Institution | null; lines: CertificateLine[]; nominal_kopecks: number;
}
export interface OpenBooking { id: number; starts: string; zone: string; specialist: string; service: string }
export interface OfferedService {
  code: string; name: string; unit: Unit; given: boolean; price_kopecks: number | null; copay_kopecks: number | null; next_free: string | null;
}
export interface Offer {
  provider: number; name: string; kind: string; phone: string; address: string; district: string; own_district: boolean; modes: string[];
  services: OfferedService[]; next_free: string | null; waiting_days: number | null; rating: number | null; answers: number;
}
export interface Listing { id: number; at: string; items: Offer[] }
export interface Providers { listing: Listing; provider: Institution | null; bookings: OpenBooking[] }
export interface Change { at: string; by: string | null; what: string; before: Record<string, any>; after: Record<string, any> }
export interface Choice { at: string; by: string | null; confirmed_by: string; provider: Institution; before: Institution | null; because: string; listing: Listing }
export interface Movement {
  at: string; by: string | null; act: string; service: string; unit: Unit; source: string; target: string; amount: number; booking: number | null; because: string;
}
export interface Certificate extends CertificateBrief {
  district: District; issuer: Institution; representative: { id: number; name: string; tie: string; document: string } | null;
  programme: { id: number; number: string } | null; year: number; source: string; because: string; created_at: string;
  replaces: string | null; replaced_by: string | null; admitted: Institution[]; bookings: OpenBooking[];
  changes: Change[]; choices: Choice[]; movements: Movement[];
}
export interface Issued { version: number; certificate: Certificate; code: string }
export interface Budget {
  id: number; version: number; district: District; provider: Institution | null; year: number; source: string; warn_percent: number;
  planned: number; left: number; issued: number; reserved: number; consumed: number; expired: number; forecast: number;
  lasts_until: string | null; alarm: null | "spent" | "nearly_spent" | "will_not_last";
  changes?: { at: string; by: string | null; act: string; source: string; target: string; kopecks: number; because: string }[];
}
export interface OwnCertificate {
  version: number; number: string; status: CertificateStatus; holder: string; valid_until: string; zone: string;
  lines: { name: string; unit: Unit; quantity: number; left: number; reserved: number; used: number }[];
  provider: { id: number; name: string; phone: string } | null; may_choose: boolean; office: { name: string; phone: string };
}
