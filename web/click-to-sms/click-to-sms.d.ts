/** Types of `<click-to-sms>`, for editors and for hosts in TypeScript. Written by hand. */

/** Why the component asks for a token. */
export type TokenReason =
  /** It has none yet. */
  | "first"
  /** The one it had is over, or the gateway has refused it. */
  | "expired"
  /** The one it had has sent all messages that it allows. */
  | "used"
  /** The user sends again what is unconfirmed: the SMS might arrive twice. */
  | "resend";

export interface TokenRequest {
  reason: TokenReason;
  /** As the user has written it; empty if the number is fixed by the token. */
  phoneNumber: string;
  /** Aborted after 10 seconds. */
  signal: AbortSignal;
}

/** What the gateway answers to `POST /tokens`, as it is or just these fields. */
export interface Token {
  token: string;
  /** RFC 3339. The component renews 30 seconds before it; the gateway's answer decides. */
  expiresAt?: string;
  /** Fills in a number that is empty. */
  phoneNumber?: string;
  /** 1, unless it says something else. */
  maxMessages?: number;
}

export type GetToken = (request: TokenRequest) => Promise<Token>;

/** The gateway's statuses; a later gateway can have more. */
export type MessageStatus =
  | "queued"
  | "sending"
  | "submitted"
  | "unconfirmed"
  | "no_report"
  | "sent"
  | "failed"
  | "cancelled"
  | (string & {});

export interface BeforeSendDetail {
  messageId: string;
  phoneNumber: string;
}

export interface StatusDetail {
  messageId: string;
  status: MessageStatus;
  previousStatus: MessageStatus | null;
  /** Why, with `failed` and some others. */
  reason: string | null;
  /** Whether it never changes again. */
  final: boolean;
}

export interface ErrorDetail {
  /**
   * The end of the problem's `type`, or `offline`, `cut` (no answer), `no-token`, `unreadable` (an
   * answer that is no problem document).
   */
  code: string;
  detail: string;
  /** The gateway's name of the field: `phoneNumber`, `message`, `Origin` … */
  field: string | null;
  /** Seconds. */
  retryAfter: number | null;
}

export interface ClickToSmsEventMap {
  "c2s-before-send": CustomEvent<BeforeSendDetail>;
  "c2s-status": CustomEvent<StatusDetail>;
  "c2s-error": CustomEvent<ErrorDetail>;
}

export declare class ClickToSms extends HTMLElement {
  static readonly formAssociated: true;

  /** Attribute `endpoint`: the ApiUrl of the gateway, with its stage. */
  endpoint: string;
  /** Attribute `phone`: the number to begin with. Setting it begins another message. */
  phone: string;
  /** Attribute `phone-fixed`: the user cannot change the number. */
  phoneFixed: boolean;
  /** Attribute `text`: the text to begin with. Setting it begins another message. */
  text: string;
  name: string;
  required: boolean;
  disabled: boolean;

  /** Asks your server for an access token. Without it nothing can be sent. */
  getToken: GetToken | null;
  /** Strings of yours that come back in every event of the gateway. */
  metadata: Record<string, string> | null;

  /** The status of the message, once the gateway has accepted it. */
  readonly status: MessageStatus | null;
  /** The id under which the text is sent, or was. */
  readonly messageId: string;
  readonly form: HTMLFormElement | null;

  /** Sends what is in the fields, once; answers its id once it is accepted. */
  send(): Promise<string | undefined>;
  /** Begins anew, with what the attributes say. */
  reset(): void;
  /** Reads the status now, and follows it for ten more minutes. */
  refresh(): void;
  checkValidity(): boolean;
  reportValidity(): boolean;

  addEventListener<Type extends keyof ClickToSmsEventMap>(
    type: Type,
    listener: (this: ClickToSms, event: ClickToSmsEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "click-to-sms": ClickToSms;
  }
}
