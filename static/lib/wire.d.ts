// The wire of /room, generated from signaling/wire.py by `ryadom wire`: change it there.

export type Version = 1;

export type FaultCode = "malformed" | "unknown_event" | "version_unknown" | "ticket_spent" | "room_closed" | "too_busy" | "not_entered" | "out_of_order" | "too_fast" | "unavailable" | "internal" | "not_permitted" | "not_admitted" | "seat_unknown" | "replaced" | "request_unknown";

/** The specialist lets a waiting seat in. */
export interface Admit {
  seq: number;
  seat: number;
}

/** CONNECT. `instance` is the random name of one life of one tab. */
export interface Auth {
  v: number;
  ticket: string;
  instance: string;
}

/** Still here, and have seen this much. */
export interface Beat {
  cursor: number;
}

/** An ICE candidate as the browser gives it. */
export interface Candidate {
  candidate: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
  usernameFragment?: string | null;
}

/** A line of chat; the same `id` is kept once. */
export interface Chat {
  seq: number;
  id: string;
  text: string;
}

/** Somebody said something. */
export interface ChatEntry {
  epoch: string;
  n: number;
  prev: number;
  at: string;
  from: number | null;
  kind: "chat";
  data: ChatLine;
}

/** A kept line of chat. */
export interface ChatLine {
  id: string;
  seat: number;
  text: string;
  at: string;
}

/** The consultation ends for everybody. */
export interface Close {
  seq: number;
}

/** Why the room is closed, for everybody or (`moved`) for those who sat in it. */
export interface ClosedBecause {
  reason: "ended" | "time" | "cancelled" | "moved";
}

/** The end. */
export interface ClosedEntry {
  epoch: string;
  n: number;
  prev: number;
  at: string;
  from: number | null;
  kind: "closed";
  data: ClosedBecause;
}

/** Half of an offer/answer exchange (RFC 8829). */
export interface Description {
  type: "offer" | "answer";
  sdp: string;
}

/** The specialist asks a guest to leave. */
export interface Dismiss {
  seq: number;
  seat: number;
}

/** The specialist asked this seat to leave. */
export interface DismissedEntry {
  epoch: string;
  n: number;
  prev: number;
  at: string;
  from: number | null;
  kind: "dismissed";
  data: Nothing;
}

/** Take the seat. `seq` is the number of the oldest message not yet acknowledged; the rest says what was seen. */
export interface Enter {
  seq: number;
  cursor: number;
  epoch: string;
}

/** The answer to `enter`. */
export interface Entered {
  epoch: string;
  head: number;
  you: You;
  room: RoomView;
  entries: Array<EpochEntry | RoomEntry | SignalEntry | ChatEntry | ReplacedEntry | DismissedEntry | TakeoverEntry | IceEntry | ClosedEntry>;
  chat: Array<ChatLine>;
  ice: Array<IceServerView>;
  relay_only: boolean;
  takeovers: Array<TakeoverAsked>;
}

/** The log begins anew: enter again. */
export interface EpochEntry {
  epoch: string;
  n: number;
  prev: number;
  at: string;
  from: number | null;
  kind: "epoch";
  data: null;
}

/** The answer to `beat`. */
export interface Head {
  epoch: string;
  head: number;
}

/** Call the coordinator: to help, to telephone, for another time. */
export interface Help {
  seq: number;
  why?: "help" | "phone" | "time";
}

/** Fresh ICE servers, on admission. */
export interface IceEntry {
  epoch: string;
  n: number;
  prev: number;
  at: string;
  from: number | null;
  kind: "ice";
  data: IceFresh;
}

/** ICE servers for the admitted. */
export interface IceFresh {
  servers: Array<IceServerView>;
}

/** An RTCIceServer. */
export interface IceServerView {
  urls: Array<string>;
  username?: string | null;
  credential?: string | null;
}

/** I go; coming back is entering again. */
export interface Leave {
  seq: number;
}

/** What I send now, how much of what I could, and why not all. */
export interface Media {
  seq: number;
  audio: boolean;
  video: boolean;
  screen?: boolean;
  rung?: "high" | "low" | "tiny" | "voice";
  why?: "line" | "choice" | "device" | "interrupted" | null;
}

/** What a seat sends. */
export interface MediaView {
  audio: boolean;
  video: boolean;
  screen: boolean;
  rung: "high" | "low" | "tiny" | "voice";
  why: "line" | "choice" | "device" | "interrupted" | null;
}

/** Nothing to tell beside that it happened. */
export interface Nothing {
}

/** The specialist goes on by telephone, or back here. */
export interface Phone {
  seq: number;
  on: boolean;
}

/** Every five seconds while live, one sample a peer. */
export interface Quality {
  seq: number;
  samples: Array<QualitySample>;
}

/** The line towards one other seat over the last seconds. `loss` and `concealed` (voice) are shares, 0 … 1. */
export interface QualitySample {
  seat: number;
  loss?: number | null;
  rtt_ms?: number | null;
  in_kbps?: number | null;
  out_kbps?: number | null;
  codec?: string | null;
  width?: number | null;
  height?: number | null;
  fps?: number | null;
  path?: "direct" | "relay" | null;
  concealed?: number | null;
  frozen_ms?: number | null;
  rung?: "high" | "low" | "tiny" | "voice" | null;
}

/** The instance that has the seat now; empty when another device or a new code got it. */
export interface ReplacedBy {
  instance: string;
}

/** Another tab took this seat. */
export interface ReplacedEntry {
  epoch: string;
  n: number;
  prev: number;
  at: string;
  from: number | null;
  kind: "replaced";
  data: ReplacedBy;
}

/** Ask for the entries after the cursor: one of them got lost. */
export interface Replay {
  cursor: number;
}

/** The answer to `replay`. An unknown epoch means: enter again. */
export interface Replayed {
  epoch: string;
  head: number;
  entries: Array<EpochEntry | RoomEntry | SignalEntry | ChatEntry | ReplacedEntry | DismissedEntry | TakeoverEntry | IceEntry | ClosedEntry>;
}

/** The room after a change. */
export interface RoomEntry {
  epoch: string;
  n: number;
  prev: number;
  at: string;
  from: number | null;
  kind: "room";
  data: RoomView;
}

/** The whole room; a higher version replaces a lower one. */
export interface RoomView {
  version: number;
  state: "empty" | "waiting" | "live" | "paused" | "closed";
  phone: boolean;
  closes_at: string;
  seats: Array<SeatView>;
}

/** A seat as the others see it; `instance` only while here. */
export interface SeatView {
  seat: number;
  role: "specialist" | "client" | "companion" | "interpreter" | "relative";
  name: string;
  here: boolean;
  admitted: boolean;
  instance: string | null;
  media: MediaView;
}

/** The first picture or sound of that seat has arrived here. */
export interface Seen {
  seq: number;
  seat: number;
}

/** To one other seat of the own room: both are let in, or one is the specialist and the other waits for her. */
export interface Signal {
  seq: number;
  to: number;
  data: SignalData;
}

/** One step of a negotiation. `pair` names the two instances, `generation` the offer it belongs to. */
export interface SignalData {
  pair: string;
  generation: number;
  fresh?: boolean | null;
  description?: Description | null;
  candidates?: Array<Candidate> | null;
  sync?: Sync | null;
  wish?: Wish | null;
}

/** Relayed from another seat. */
export interface SignalEntry {
  epoch: string;
  n: number;
  prev: number;
  at: string;
  from: number | null;
  kind: "signal";
  data: SignalData;
}

/** Where one side of a pair stands, said after a reconnect: offers seen, descriptions applied, candidates got. */
export interface Sync {
  remote: number;
  got: number;
  wants?: "restart" | "anew" | null;
}

/** The specialist answers another device that wants the client's seat. */
export interface Takeover {
  seq: number;
  request: string;
  allow: boolean;
}

/** Another device holds the client's code and asks for the seat. */
export interface TakeoverAsked {
  request: string;
}

/** Another device asks. */
export interface TakeoverEntry {
  epoch: string;
  n: number;
  prev: number;
  at: string;
  from: number | null;
  kind: "takeover";
  data: TakeoverAsked;
}

/** What the receiver of media asks of its sender. `voice`: as it is, on its toes (RED), or as little as it takes. */
export interface Wish {
  picture: "high" | "low" | "tiny" | "none";
  voice: "plain" | "redundant" | "lean";
}

/** Who the browser is here. */
export interface You {
  seat: number;
  role: "specialist" | "client" | "companion" | "interpreter" | "relative";
  name: string;
  admitted: boolean;
}

export type Entry = EpochEntry | RoomEntry | SignalEntry | ChatEntry | ReplacedEntry | DismissedEntry | TakeoverEntry | IceEntry | ClosedEntry;

/** What each event carries and what its ack holds. */
export interface Asked {
  enter: { data: Enter; value: Entered };
  replay: { data: Replay; value: Replayed };
  beat: { data: Beat; value: Head };
  admit: { data: Admit; value: Nothing };
  dismiss: { data: Dismiss; value: Nothing };
  signal: { data: Signal; value: Nothing };
  chat: { data: Chat; value: ChatLine };
  media: { data: Media; value: Nothing };
  seen: { data: Seen; value: Nothing };
  quality: { data: Quality; value: Nothing };
  takeover: { data: Takeover; value: Nothing };
  leave: { data: Leave; value: Nothing };
  close: { data: Close; value: Nothing };
  help: { data: Help; value: Nothing };
  phone: { data: Phone; value: Nothing };
}
