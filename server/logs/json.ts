import { addressIn, clientAddress, isAbsent } from './address.ts'
import { hostNamed, hostOf, type Line, parseRequest } from './entry.ts'
import { decodePercent, decodePlus } from './escapes.ts'
import { plainFields, type PlainFields } from './json-fields.ts'
import type { JsonRecord } from './json-value.ts'
import { isNote } from './note.ts'
import { readTime } from './time.ts'

const list = (text: string): readonly string[] => text.split(' ')

/**
 * Names under which servers log each field as JSON, the most telling first, without case and punctuation: variables of
 * nginx (`$http_user_agent`), fields of Traefik (`request_User-Agent`), of the Elastic Common Schema (`user_agent.original`),
 * of Google's load balancers (`httpRequest.userAgent`), of CloudFront (`cs(User-Agent)`), of Cloudflare
 * (`ClientRequestUserAgent`), of Envoy and Istio (`downstream_remote_address`) and of Azure (`properties.clientIP`). A field
 * in another one is found by both names together, too. Of times the first that can be read counts, as a `time` may be a
 * duration; `@timestamp` is the last, as collectors write there when they read the line, but before a `date` in numbers, in
 * which Fluent Bit does (its `json_date_key`).
 */
const names = {
  time: list('startutc starttime timeiso8601 timelocal msec timestampms edgestarttimestamp timestamp time startlocal datetime ts date requesttimestamp @timestamp'),
  forwarded: list('httpxforwardedfor requestxforwardedfor headersxforwardedfor xforwardedfor xforwardfor forwardedfor xff realip httpxrealip xrealip httpcfconnectingip httpforwarded requestforwarded headersforwarded forwarded'),
  remote: list('clienthost remoteaddr clientip remoteip clientaddr cip sourceip sourceaddress clientaddress remoteaddress downstreamremoteaddress remotehost remote client ip addr'),
  line: list('request requestline httprequest'),
  method: list('requestmethod method httpmethod httprequestmethod clientrequestmethod csmethod verb'),
  target: list('originalrequesturiwithargs requesturi requestpath clientrequesturi requesturl urloriginal originaluri uri url urlpath path csuristem target'),
  query: list('args querystring query requestquery urlquery csuriquery'),
  status: list('downstreamstatus status statuscode responsestatuscode httpresponsestatuscode httpstatuscode httpstatus responsecode edgeresponsestatus responsestatus scstatus originstatus response code'),
  bytes: list('bodybytessent downstreamcontentsize edgeresponsebytes responsesize httpresponsebodybytes bytessent sentbytes responsebytes scbytes size bytes'),
  referrer: list('httpreferer httpreferrer requestreferer clientrequestreferer csreferer referer referrer httprequestreferrer'),
  userAgent: list('httpuseragent requestuseragent clientrequestuseragent csuseragent useragentoriginal useragent headersuseragent agent'),
  hostname: list('httphost requesthost clientrequesthost originalhost authority xhostheader cshost headershost urldomain vhost virtualhost host servername domain hostname'),
  contentType: list('senthttpcontenttype downstreamcontenttype edgeresponsecontenttype sccontenttype contenttype'),
  seconds: list('requesttime timetaken'),
}

/** What version 1 of Azure's gateway adds to the query of a request. */
const ownParameters = /(?:^|&)(?:X-AzureApplicationGateway-[\w-]+|SERVER-(?:ROUTED|STATUS))=[^&]*/g

type Field = keyof typeof names

/** Reads one record of an access log in JSON whose fields have usual names, nested or not. */
export function readJson(log: JsonRecord): Line | undefined {
  const values = plainFields(log)
  const get = (field: Field): string => {
    const name = names[field].find((one) => !isAbsent(values.get(one) ?? ''))
    return name === undefined ? '' : (values.get(name) ?? '')
  }
  const at = timeOf(values)
  const status = get('status')
  const request = requestOf(get, values)
  if (request === undefined || !/^\d{1,3}$/.test(status)) {
    return request === undefined && status === '' && isNote(values) ? 'note' : undefined
  }
  if (at === undefined) return undefined
  const { method, target } = request
  const decode = decoderOf(get('userAgent'))
  // Caddy has looked at what was passed on itself, where its record is a part of another one, too.
  const host = clientAddress(get('remote'), values.has('requestclientip') ? '' : forwardedIn(values))
  if (typeof host !== 'string') return host
  const hostname = hostNamed(hostOf(target)) || hostnameOf(values)
  const contentType = decode(get('contentType'))
  const seconds = get('seconds')
  return {
    host,
    at,
    method,
    target,
    status: Number(status),
    bytes: /^\d+$/.test(get('bytes')) ? Number(get('bytes')) : undefined,
    referrer: decode(get('referrer')),
    userAgent: decode(get('userAgent')),
    ...(hostname !== '' && hostname !== host && { hostname }),
    ...(contentType !== '' && { contentType }),
    ...(/^\d+\.\d+$/.test(seconds) && { responseMs: Math.round(Number(seconds) * 1_000) }),
  }
}

/** Method and target, from a request line or one by one. */
function requestOf(
  get: (field: Field) => string,
  values: PlainFields,
): { method: string; target: string } | undefined {
  const line = parseRequest(get('line'))
  const method = get('method') || line.method
  const target = line.target || get('target') || (/^(?:\/|https?:)/.test(get('line')) ? get('line') : '')
  // A request that is none (bytes of TLS, say) is one all the same: it is left out by its own reason.
  if (target === '') return [...names.line, ...names.target].some((name) => values.has(name)) ? { method: '', target: '' } : undefined
  const query = get('query').replace(/^\?/, '').replace(ownParameters, '').replace(/^&/, '')
  return { method: method || 'GET', target: query === '' || target.includes('?') ? target : `${target}?${query}` }
}

/** Names of times where `date` is that of a collector. */
const timesBeforeDate = [...names.time.filter((name) => name !== 'date'), 'date']

/** The time, in brackets where Apache's `%t` wrote it; CloudFront has the day in a field of its own. */
function timeOf(values: PlainFields): number | undefined {
  const order = /^[\d.e+]+$/.test(values.get('date') ?? '') ? timesBeforeDate : names.time
  for (const name of order) {
    const time = (values.get(name) ?? '').replace(/^\[(.*)\]$/, '$1')
    const at = readTime(/^\d\d:\d\d/.test(time) ? `${values.get('date') ?? ''}T${time}` : time)
    if (at !== undefined) return at
  }
  return undefined
}

/** What proxies passed on: the first field of such a name that has an address, as `forwarded` may say something else. */
function forwardedIn(values: PlainFields): string {
  const name = names.forwarded.find((one) => addressIn(values.get(one) ?? '') !== undefined)
  return name === undefined ? '' : (values.get(name) ?? '')
}

function hostnameOf(values: PlainFields): string {
  for (const name of names.hostname) {
    const hostname = hostNamed(values.get(name) ?? '')
    if (hostname !== '') return hostname
  }
  return ''
}

/**
 * How texts of a record are encoded, told by its agent: CloudFront and Azure's App Service write in JSON what they write as
 * text, percent-encoded and with a plus for each blank.
 */
function decoderOf(userAgent: string): (text: string) => string {
  if (!userAgent.includes(' ')) {
    if (/%(?:25)?20/.test(userAgent)) return decodePercent
    if (/^[\w.-]+\/[\d.]+\+\(/.test(userAgent)) return decodePlus
  }
  return (text) => text
}
