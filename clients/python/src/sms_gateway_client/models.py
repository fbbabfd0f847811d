"""What requests and answers hold: made from openapi.yaml by `make docs`, not by hand."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

ReportStatus: TypeAlias = Literal['sent', 'error']
"""
Voipit's own word of a report
"""


RuleVerdict: TypeAlias = Literal['passed', 'failed', 'not-checked']
"""
What a rule says of a message. `not-checked`: an earlier rule failed, so this one could not be checked, or the operator has switched it off
"""


Rule: TypeAlias = Literal['invalid-phone-number', 'country-not-allowed', 'number-type-not-allowed', 'prefix-not-allowed', 'suppressed', 'blank-text', 'mis-decoded-text', 'unsupported-characters', 'text-too-long', 'time-too-far-ahead', 'already-too-late']
"""
A rule for messages, named by the code of its problem
"""


StepCount: TypeAlias = int


StepCounts: TypeAlias = list[StepCount]
"""
One number for each step, the oldest step first
"""


StatusesReason: TypeAlias = Literal['no-data', 'not-answered']
"""
`no-data`: CloudWatch has nothing of this gateway in the last hour, as on a new stack. `not-answered`: CloudWatch did not answer, refused the question, or is ten minutes behind; ask again in a minute
"""


ClientRole: TypeAlias = Literal['client', 'operator']
"""
`client`: sends messages, and sees its own. `operator`: looks after the gateway, and never sends
"""


Month: TypeAlias = str
"""
A month
"""


ProviderReason: TypeAlias = Literal['credentials', 'configuration', 'ip-blocked', 'account-missing']
"""
`credentials`: Voipit refuses the account number or the password. `configuration`: Voipit answers 404 to the gateway's address for it (`VoipitBaseUrl`). `ip-blocked`: Voipit has answered 403, so it might have blocked the gateway's IP address. `account-missing`: the gateway has no account number and password yet, or its secret holds something else; it sends nothing, not even a ping, until the operator gives it the account (`make account`)
"""


class Contract(TypedDict):
    """
    This document
    """

    openapi: str
    """
    The version of OpenAPI it is written in
    """
    info: dict[str, Any]
    """
    Title and version of the contract
    """
    servers: list[dict[str, Any]]
    """
    The address that the document was asked at
    """
    paths: dict[str, Any]
    """
    The routes
    """
    components: dict[str, Any]
    """
    Schemas, answers and examples
    """


ProblemType: TypeAlias = Literal['urn:problem-type:sms-gateway:malformed-request', 'urn:problem-type:sms-gateway:forbidden', 'urn:problem-type:sms-gateway:operator-cannot-send', 'urn:problem-type:sms-gateway:operator-only', 'urn:problem-type:sms-gateway:token-invalid', 'urn:problem-type:sms-gateway:token-expired', 'urn:problem-type:sms-gateway:token-not-allowed', 'urn:problem-type:sms-gateway:token-used-up', 'urn:problem-type:sms-gateway:token-too-long', 'urn:problem-type:sms-gateway:origin-not-allowed', 'urn:problem-type:sms-gateway:too-much-metadata', 'urn:problem-type:sms-gateway:route-not-found', 'urn:problem-type:sms-gateway:message-not-found', 'urn:problem-type:sms-gateway:suppression-not-found', 'urn:problem-type:sms-gateway:already-tried', 'urn:problem-type:sms-gateway:body-too-large', 'urn:problem-type:sms-gateway:unsupported-media-type', 'urn:problem-type:sms-gateway:invalid-phone-number', 'urn:problem-type:sms-gateway:country-not-allowed', 'urn:problem-type:sms-gateway:number-type-not-allowed', 'urn:problem-type:sms-gateway:prefix-not-allowed', 'urn:problem-type:sms-gateway:suppressed', 'urn:problem-type:sms-gateway:blank-text', 'urn:problem-type:sms-gateway:mis-decoded-text', 'urn:problem-type:sms-gateway:unsupported-characters', 'urn:problem-type:sms-gateway:text-too-long', 'urn:problem-type:sms-gateway:time-too-far-ahead', 'urn:problem-type:sms-gateway:already-too-late', 'urn:problem-type:sms-gateway:message-id-reused', 'urn:problem-type:sms-gateway:recipient-limit-reached', 'urn:problem-type:sms-gateway:client-limit-reached', 'urn:problem-type:sms-gateway:too-many-requests', 'urn:problem-type:sms-gateway:quota-exceeded', 'urn:problem-type:sms-gateway:internal-error', 'urn:problem-type:sms-gateway:store-unavailable', 'urn:problem-type:sms-gateway:service-unavailable', 'urn:problem-type:sms-gateway:gateway-timeout']
"""
The type of a problem. Stable; programs should go by it
"""


Status: TypeAlias = Literal['queued', 'sending', 'submitted', 'unconfirmed', 'no_report', 'sent', 'failed', 'cancelled']
"""
The state of a message.

| `status` | meaning | final |
| --- | --- | --- |
| `queued` | stored, and certainly not at Voipit | |
| `sending` | the gateway is calling Voipit, or the call was cut short by a crash | |
| `submitted` | Voipit answered ok; the gateway waits for its report | |
| `unconfirmed` | Voipit might have it: a request left the gateway and no clear answer came back | |
| `no_report` | no report came in time; a late one still counts | settled |
| `sent` | report: the carrier has it. (Not: the handset has it) | yes |
| `failed` | it was not sent; `reason` says why | yes |
| `cancelled` | you took it back before any try | yes |

"""


Reason: TypeAlias = Literal['transmission-error', 'refused', 'unreachable', 'too-late', 'suppressed', 'no-connection', 'credentials-rejected', 'ip-blocked', 'forbidden', 'path-not-found', 'throttled', 'secret-unavailable', 'no-time-left', 'store-unavailable', 'circuit-open', 'account-unproven', 'account-missing', 'recipient-limit', 'client-limit', 'no-answer-in-time', 'connection-cut', 'server-error', 'unreadable-answer', 'claim-expired']
"""
Why a message has its status.

| `reason` | of | meaning |
| --- | --- | --- |
| `transmission-error` | `failed`, `no_report` | Voipit has reported an error; its words are in `errorMessage` |
| `refused` | `failed`, `no_report` | Voipit has answered no to this message |
| `unreachable` | `failed`, `no_report` | the gateway has given up after 20 tries; tries that met a block of its IP address do not count |
| `too-late` | `failed`, `no_report` | `validUntil` has passed, or the 24 hours without one |
| `suppressed` | `failed`, `no_report` | the number came onto the do-not-contact list while the message waited |
| `no-connection` | `queued`, `unconfirmed` | Voipit could not be reached |
| `credentials-rejected` | `queued`, `unconfirmed` | Voipit refuses the account number or the password |
| `ip-blocked` | `queued`, `unconfirmed` | Voipit has blocked the gateway's IP address |
| `forbidden` | `queued`, `unconfirmed` | Voipit has answered 403 and did not name the gateway's IP address as the cause. After the third such answer, while Voipit accepts other messages, the message ends as `refused` |
| `path-not-found` | `queued`, `unconfirmed` | Voipit answers 404 to the address that the gateway calls |
| `throttled` | `queued`, `unconfirmed` | Voipit asks for a pause |
| `secret-unavailable` | `queued`, `unconfirmed` | the gateway could not read the account's password |
| `no-time-left` | `queued`, `unconfirmed` | the function had no time left to wait for Voipit's answer |
| `store-unavailable` | `queued`, `unconfirmed` | the gateway's table did not answer in time, so the gateway did not call Voipit |
| `circuit-open` | `queued` | the gateway sends nothing until Voipit answers a ping (`GET /provider`) |
| `account-unproven` | `queued` | the gateway is trying a new account with another message first |
| `account-missing` | `queued` | the gateway has no account at Voipit yet (`GET /provider`, `make account`) |
| `recipient-limit` | `queued`, `unconfirmed` | the number has reached its hourly or daily limit; the message waits for room |
| `client-limit` | `unconfirmed` | the client has reached its daily limit, and a second try counts as one more message |
| `no-answer-in-time` | `unconfirmed`, `no_report` | Voipit did not answer in time |
| `connection-cut` | `unconfirmed`, `no_report` | the connection broke before there was an answer |
| `server-error` | `unconfirmed`, `no_report` | Voipit answered with an error of its own |
| `unreadable-answer` | `unconfirmed`, `no_report` | the gateway cannot read Voipit's answer |
| `claim-expired` | `unconfirmed`, `no_report` | the process that was calling Voipit has died |

With `onUnconfirmed: resend` the gateway tries an `unconfirmed` message a second time. The reason
of an `unconfirmed` or `no_report` is then about the second try alone: Voipit might have sent the
first one.

"""


OnUnconfirmed: TypeAlias = Literal['hold', 'resend']
"""
What the gateway does when it does not know whether Voipit took the message. `hold`: never send it twice. `resend`: send it once more if no report comes, so that it arrives twice rather than not at all
"""


Metadata: TypeAlias = dict[str, str]
"""
Up to 10 strings of your own; `null` means none. They come back in every event, and the gateway does not read them. It refuses control characters (but tabs and line ends in a value), and U+FDD0 to U+FDEF, U+FFFE and U+FFFF, which are no characters: not every system takes them.
"""


MessageId: TypeAlias = str
"""
The message's id, yours or, without one, an id that the gateway makes (ordered by time): up to 64 of `A–Z a–z 0–9 . _ ~ -`, but not `.`, `..`, `batch` or `preview`. It has to be unique among your own messages; the ids of other clients make no difference
"""


PageMessageId: TypeAlias = str
"""
The message's id: a random UUID (version 4 or 7, in small letters) that the page has made, one for each text that its user composes. To know it is part of the permission to read the message, so it must not be guessable
"""


Origin: TypeAlias = str
"""
A web origin, as browsers write it into the header `Origin`
"""


ClientName: TypeAlias = str
"""
The name of a client, as `make client` has entered it
"""


AnyPhoneNumber: TypeAlias = str
"""
A phone number as people write it: `0721 234 567`, `+40 (0)721.234.567`, `0040721234567`, or as a link: `tel:0721234567;phone-context=+40`, `sms:+40721234567`. Without a country code it belongs to the gateway's default region. The gateway corrects a wrong prefix (`+0721234567`, `040721234567`) if there is only one way to read it
"""


PhoneNumber: TypeAlias = str
"""
A phone number in E.164 form
"""


Country: TypeAlias = str
"""
A country (ISO 3166)
"""


NumberType: TypeAlias = Literal['mobile', 'fixed-line', 'fixed-line-or-mobile', 'voip', 'personal-number', 'pager', 'toll-free', 'premium-rate', 'shared-cost', 'uan', 'voicemail', 'short', 'emergency']
"""
The type of number. (`fixed-line-or-mobile`: the country does not tell them apart. `uan`: a company's number for all its offices.)
"""


ErrorMessage: TypeAlias = str
"""
Voipit's own words, if it gave any
"""


Position: TypeAlias = int
"""
Counted in characters (code points) from 1
"""


CharacterName: TypeAlias = str
"""
The character itself, if it can be shown, and its Unicode name
"""


Moment: TypeAlias = str
"""
A moment in UTC, to the millisecond
"""


class SendRequest(TypedDict):
    """
    A message to be sent
    """

    phoneNumber: AnyPhoneNumber
    message: str
    """
    The text. White space at its ends is dropped. Letters become plain (`ș` → `s`), typographic punctuation and spaces too; then it has to fit the GSM alphabet and one SMS (160 septets; `€ [ ] { } ~ ^ | \\` take two). The gateway refuses longer text, unless the operator has set it to cut texts (`LongText`). It refuses text in UTF-8 that was read with another code page (`È™` for `ș`).
    """
    messageId: NotRequired[MessageId | None]
    """
    Your own id for the message
    """
    sendAt: NotRequired[str | None]
    """
    The earliest time to send it: a time with its zone (RFC 3339), at most 366 days ahead. If the time is past, the message is sent now.
    """
    validUntil: NotRequired[str | None]
    """
    The latest time to send it: after that the message ends as `failed`, `too-late`. Without this field the gateway gives up 24 hours after the request, or after `sendAt`.
    """
    onUnconfirmed: NotRequired[OnUnconfirmed | None]
    """
    What to do when it is unknown whether Voipit took the message: `hold`, unless you say `resend`
    """
    metadata: NotRequired[Metadata | None]
    """
    Strings of yours that come back in every event
    """


class BatchRequest(TypedDict):
    """
    Messages to be sent
    """

    messages: list[SendRequest]
    """
    The messages. The gateway reads each separately: one that is no `SendRequest` gets a problem at its position in the answer and does not stop the others.
    """


class StatusChange(TypedDict):
    """
    One change of status
    """

    sequence: int
    """
    Which change it was
    """
    status: Status
    at: Moment
    attempt: int
    """
    The attempt it belongs to
    """
    reason: NotRequired[Reason]
    errorMessage: NotRequired[ErrorMessage]


class DeliveryReport(TypedDict):
    """
    Voipit's delivery report about one attempt
    """

    status: ReportStatus
    attempt: int
    """
    The attempt it belongs to
    """
    receivedAt: Moment
    errorMessage: NotRequired[ErrorMessage]


class ChangedCharacter(TypedDict):
    """
    A character that the phone would show in another way
    """

    position: Position
    character: CharacterName
    shown: str
    """
    The characters that the phone shows instead; empty if it shows none, which is so for invisible characters and for white space at the ends
    """


class UnsupportedCharacter(TypedDict):
    """
    A character that an SMS cannot show
    """

    position: Position
    character: CharacterName


class MisDecodedCharacter(TypedDict):
    """
    Characters that stand for another one, because UTF-8 was read as another code page
    """

    position: Position
    characters: str
    """
    The characters in the text, with their Unicode names
    """
    meant: NotRequired[CharacterName]
    """
    The character that was probably meant; only if there is just one candidate
    """


class TokenRequest(TypedDict):
    """
    What a page is to be allowed
    """

    phoneNumber: NotRequired[AnyPhoneNumber | None]
    """
    The only number that the page can send to. The gateway checks it as in a preview. Without it the page can send to any allowed number
    """
    maxMessages: NotRequired[int | None]
    """
    The number of messages that the page can send
    """
    expiresInSeconds: NotRequired[int | None]
    """
    The life of the token
    """
    origin: NotRequired[Origin | None]
    """
    Where the page is; one of `AllowedOrigins`. Without it a page of any of them. A program (not a page in a browser) can claim any origin
    """
    metadata: NotRequired[Metadata | None]
    """
    Strings of yours that are added to every message; the page cannot change them. With those of the page there can be 10
    """


class AccessToken(TypedDict):
    """
    A token for a page, and what it allows. Fields without a value are left out.
    """

    token: str
    """
    What the page sends as `Authorization: Bearer <token>`. It is base64url and no secret to the person who has it
    """
    expiresAt: Moment
    """
    When it is over. A page should go by the answer 401, not by its own clock
    """
    phoneNumber: NotRequired[PhoneNumber]
    """
    The only number that it is for, if it is for one only
    """
    maxMessages: int
    """
    The number of messages that it sends
    """
    origin: NotRequired[Origin]
    """
    The only origin that it is for, if it is for one only
    """


class PageSendRequest(TypedDict):
    """
    A message to be sent from a page. It is sent at once; `sendAt` is for API keys only
    """

    phoneNumber: AnyPhoneNumber
    message: str
    """
    The text, as in a `SendRequest`
    """
    messageId: PageMessageId
    validUntil: NotRequired[str | None]
    """
    The latest time to send it, as in a `SendRequest`
    """
    metadata: NotRequired[Metadata | None]
    """
    Strings of yours that come back in every event, beside those of the token
    """


class Suppression(TypedDict):
    """
    A number that must not be texted
    """

    phoneNumber: PhoneNumber
    since: Moment
    """
    When the number was put on the list
    """
    client: NotRequired[ClientName]
    """
    The client or operator that has put it there; in the list only
    """


class SuppressionList(TypedDict):
    """
    Entries of the do-not-contact list
    """

    suppressions: list[Suppression]
    """
    In the order of their numbers
    """
    cursor: NotRequired[str]
    """
    Only if there are more entries. Send it back unchanged; its content can change
    """


class StatusCounts(TypedDict):
    """
    How many messages got each status, one number for each step, the oldest step first
    """

    queued: StepCounts
    submitted: StepCounts
    unconfirmed: StepCounts
    no_report: StepCounts
    sent: StepCounts
    failed: StepCounts
    cancelled: StepCounts


class Waiting(TypedDict):
    """
    Messages with the status `queued` that wait to be sent. One whose `sendAt` is still ahead is not among them
    """

    count: int
    """
    How many the gateway has found
    """
    countIsMinimum: bool
    """
    Whether there can be more, since the gateway stops counting after some hundred
    """
    oldest: Moment | None
    """
    Since when the longest waiting of them waits; `null` if none was found
    """


class Attention(TypedDict):
    """
    Messages that became `failed`, `unconfirmed` or `no_report` lately and are so still
    """

    since: Moment
    """
    The beginning of the time that is counted, a day before `asOf`
    """
    count: int
    """
    How many the gateway has found
    """
    countIsMinimum: bool
    """
    Whether there can be more, since the gateway stops counting after a thousand of a status and day
    """


class ListedClient(TypedDict):
    """
    A client and its use
    """

    client: ClientName
    roles: list[ClientRole]
    """
    The role of its keys; empty if it has no key that is listed
    """
    keys: int | None
    """
    The number of its API keys; `null` if the keys are not listed
    """
    taken: int
    """
    Messages that the gateway took from it in the month
    """
    resent: int
    """
    Messages of it that the gateway sent a second time in the month (`onUnconfirmed`)
    """
    today: int
    """
    Messages of today (UTC), those that were sent a second time included; these count for `dailyLimit`
    """
    dailyLimit: int | None
    """
    The most messages of a day (`ClientDailyLimit`); `null` if there is no limit, and for operators
    """


class Provider(TypedDict):
    """
    Whether Voipit is reachable
    """

    available: bool
    """
    Whether the gateway hands messages to Voipit. If not, `reason` and `since` say why and how long
    """
    reason: NotRequired[ProviderReason]
    since: NotRequired[Moment]
    """
    The gateway has sent nothing since then
    """
    nextPingAt: NotRequired[Moment]
    """
    When the gateway pings Voipit next
    """


class Problem(TypedDict):
    """
    A problem document (RFC 9457)
    """

    type: ProblemType
    title: str
    """
    The type in words
    """
    status: int
    """
    The HTTP status
    """
    detail: str
    """
    What happened and what to do next, for people. It never shows a text or a whole phone number
    """
    field: NotRequired[str]
    """
    The wrong part of the request: a field of the body (`metadata.orderId`), a parameter, a header, or `body` for the whole body. With `token-not-allowed` it says what the token does not cover: `Origin`, `phoneNumber` or `messageId`
    """
    country: NotRequired[Country]
    """
    With `country-not-allowed`, the number's country, if the gateway can tell it
    """
    numberType: NotRequired[NumberType]
    """
    With `number-type-not-allowed`, the type of number
    """
    septets: NotRequired[int]
    """
    With `text-too-long`, the length of the text in septets
    """
    maxSeptets: NotRequired[int]
    """
    With `text-too-long`, the length of one SMS in septets
    """
    unsupportedCharacters: NotRequired[list[UnsupportedCharacter]]
    """
    With `unsupported-characters`, the characters and their positions; the first twenty
    """
    misDecodedCharacters: NotRequired[list[MisDecodedCharacter]]
    """
    With `mis-decoded-text`, the garbled characters and their positions; the first twenty
    """
    retryAfter: NotRequired[int]
    """
    When a limit is reached, or the gateway's table does not answer: seconds to wait before the next try, as in the header `Retry-After`, which a message inside a batch does not have
    """


class Message(TypedDict):
    """
    A message and its present status. Fields without a value are left out.
    """

    messageId: MessageId
    client: NotRequired[ClientName]
    """
    The client whose message it is; in answers to operators only
    """
    status: Status
    reason: NotRequired[Reason]
    errorMessage: NotRequired[ErrorMessage]
    phoneNumber: PhoneNumber
    message: str
    """
    The text as the phone shows it
    """
    cutFrom: NotRequired[int]
    """
    The length of the requested text in septets; only if the gateway has cut it
    """
    attempt: int
    """
    How many times the gateway has tried to hand the message to Voipit
    """
    sequence: int
    """
    The number of the last change of status, counted from 1 without a gap; the event has the same
    """
    metadata: Metadata
    sendAt: NotRequired[Moment]
    """
    The gateway does not send it before this time
    """
    validUntil: NotRequired[Moment]
    """
    The gateway does not send it after this time
    """
    onUnconfirmed: OnUnconfirmed
    createdAt: Moment
    """
    When the gateway stored it
    """
    updatedAt: Moment
    """
    When its status changed last
    """
    deliveryReport: NotRequired[DeliveryReport]
    """
    Voipit's delivery report, once there is one. The first report about a try stays.
    """
    history: list[StatusChange]
    """
    Every status it has had, oldest first
    """
    contradictingReports: NotRequired[list[DeliveryReport]]
    """
    Reports that did not change the status: those that contradict the first one, and error reports about one of two tries
    """


class MessageList(TypedDict):
    """
    Messages to one number
    """

    messages: list[Message]
    """
    Newest first
    """
    unreadableMessages: NotRequired[list[MessageId]]
    """
    Ids of further messages of this page, which a later release of the gateway has written and this one cannot read
    """
    cursor: NotRequired[str]
    """
    Only if there are more messages. Send it back unchanged; its content can change
    """


class Verdict(TypedDict):
    """
    The verdict of one rule
    """

    rule: Rule
    verdict: RuleVerdict
    problem: NotRequired[Problem]
    """
    With `failed`, the problem that `POST /messages` would answer
    """


class BatchResult(TypedDict):
    """
    The result of one message of a batch. It has either `message` and `replayed`, or `problem`
    """

    message: NotRequired[Message]
    """
    The message as it stands now, if the gateway has accepted it
    """
    replayed: NotRequired[bool]
    """
    With `message`, whether an earlier request had stored it
    """
    problem: NotRequired[Problem]
    """
    The problem that `POST /messages` would have answered; nothing was stored
    """


class Statistics(TypedDict):
    """
    The last hour, what waits, and what needs attention
    """

    asOf: Moment
    """
    When the gateway counted what waits and what needs attention; `statuses` can be a minute older
    """
    since: Moment
    """
    When the first step begins
    """
    until: Moment
    """
    When the last step ends, which is at most five minutes ahead
    """
    stepSeconds: int
    """
    The length of a step
    """
    statuses: StatusCounts | None
    """
    How many messages got each status, step by step; `null` if it is not known
    """
    statusesReason: StatusesReason | None
    """
    Why `statuses` is not known; otherwise `null`
    """
    waiting: Waiting
    attention: Attention


class ClientList(TypedDict):
    """
    Clients and their use in a month
    """

    month: Month
    complete: bool
    """
    Whether the counts of the whole month are still there; they are kept for 400 days
    """
    keysAreListed: bool
    """
    Whether the gateway knows the keys. If not, `make client LIST=1` makes the list
    """
    clients: list[ListedClient]
    """
    In the order of their names
    """
    cursor: NotRequired[str]
    """
    Only if there are more clients. Send it back unchanged; its content can change
    """


class Preview(TypedDict):
    """
    The message as it would be sent
    """

    accepted: bool
    """
    Whether every rule accepts it. Limits are checked only when the message is sent
    """
    phoneNumber: NotRequired[PhoneNumber]
    """
    The number as it would be stored; only if the gateway can read it
    """
    country: NotRequired[Country]
    """
    The number's country; only if the gateway can tell it
    """
    numberType: NotRequired[NumberType]
    """
    The type of number; only if the gateway can tell it
    """
    message: str
    """
    The text as the phone would show it: without characters that an SMS cannot show, and cut if the gateway would cut it
    """
    septets: int
    """
    The length of the whole text in septets, before it is cut
    """
    maxSeptets: int
    """
    The length of one SMS in septets
    """
    changedCharacters: list[ChangedCharacter]
    """
    Characters that the phone would show in another way, in order
    """
    unsupportedCharacters: list[UnsupportedCharacter]
    """
    Characters that an SMS cannot show, in order
    """
    lostText: NotRequired[str]
    """
    The end of the text that would be missing; only if the gateway would cut it
    """
    rules: list[Verdict]
    """
    Every rule, always in the same order, named by the code of its problem
    """


class PreviewResult(TypedDict):
    """
    The preview of one message of a batch, or the problem of one that cannot be read
    """

    preview: NotRequired[Preview]
    """
    The preview, with the first twenty of each list of characters
    """
    problem: NotRequired[Problem]
    """
    The problem that `POST /messages/preview` would have answered; then there is no `preview`
    """


class BatchResults(TypedDict):
    """
    The results of a batch
    """

    results: list[BatchResult]
    """
    One per message, in order
    """


class PreviewResults(TypedDict):
    """
    The previews of a batch
    """

    results: list[PreviewResult]
    """
    One per message, in order
    """
